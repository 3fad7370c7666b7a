-- How a company groups its people.
create table departments (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    description text not null,
    created_at bigint not null,
    updated_at bigint not null
);
create unique index departments_by_name on departments (tenant_id, name);
create index departments_by_tenant on departments (tenant_id, id);

alter table users add column department_id text;
create index users_by_department on users (tenant_id, department_id);
