-- What another system calls a person of the company.
create table user_external_ids (
    tenant_id text not null references tenants (id),
    user_id text not null references users (id),
    value text not null,
    primary key (tenant_id, user_id)
);
create unique index user_external_ids_by_value on user_external_ids (tenant_id, value);
