create table queues (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    -- The internal number that leads here.
    number text,
    settings text not null,
    sounds text not null,
    overflow_kind text,
    overflow_id text,
    created_at bigint not null,
    updated_at bigint not null,
    unique (tenant_id, number)
);
create index queues_by_tenant on queues (tenant_id, id);

create table queue_members (
    tenant_id text not null references tenants (id),
    queue_id text not null references queues (id),
    extension_id text not null references extensions (id),
    level bigint not null,
    skills text not null,
    place bigint not null,
    primary key (queue_id, extension_id)
);
create index queue_members_by_tenant on queue_members (tenant_id, queue_id, place);
create index queue_members_by_extension on queue_members (tenant_id, extension_id);

create table pause_reasons (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    created_at bigint not null,
    unique (tenant_id, name)
);

-- What each agent wants: to take calls, to pause, or to be left alone. Who is not listed is offline.
create table agents (
    extension_id text not null primary key references extensions (id),
    tenant_id text not null references tenants (id),
    state text not null,
    reason text not null,
    changed_at bigint not null
);
create index agents_by_tenant on agents (tenant_id, extension_id);
insert into counters (name, value) values ('agents', 0);

-- Who waited in a queue, and what came of it. History outlives configuration, as with calls.
create table queue_visits (
    call_id text not null,
    place bigint not null,
    tenant_id text not null,
    queue_id text not null,
    caller_number text not null,
    joined_at bigint not null,
    left_at bigint not null,
    waited_ms bigint not null,
    outcome text not null,
    extension_id text,
    primary key (call_id, place)
);
create index queue_visits_by_queue on queue_visits (tenant_id, queue_id, joined_at);

alter table calls add column queue_id text;
alter table calls add column queue_wait_ms bigint;
