-- When a company is open: weekly hours and holidays as JSON, since nobody searches in them.
create table schedules (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    time_zone text,
    rules text not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index schedules_by_tenant on schedules (tenant_id, name);

-- What is known of callers: a number, the beginning of numbers with a star behind it, or the word anonymous.
create table caller_rules (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    list text not null,
    pattern text not null,
    note text not null,
    created_at bigint not null,
    unique (tenant_id, pattern)
);
create index caller_rules_by_tenant on caller_rules (tenant_id, id);

alter table hotlines add column schedule_id text references schedules (id);
alter table hotlines add column closed_kind text;
alter table hotlines add column closed_id text;
alter table hotlines add column holiday_kind text;
alter table hotlines add column holiday_id text;
create index hotlines_by_schedule on hotlines (tenant_id, schedule_id);
