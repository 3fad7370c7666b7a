-- Counters that are raised inside a transaction: 'events' numbers the outbox, 'config' numbers configuration changes.
create table counters (
    name text not null primary key,
    value bigint not null
);
insert into counters (name, value) values ('events', 0), ('config', 0);

-- The outbox: what happened, in the order of commits.
create table events (
    seq bigint not null primary key,
    id text not null,
    tenant_id text not null,
    kind text not null,
    call_id text,
    data text not null,
    created_at bigint not null
);
create index events_by_tenant on events (tenant_id, seq);
create index events_by_age on events (created_at);

-- How far each reader of the outbox has come.
create table cursors (
    name text not null primary key,
    seq bigint not null,
    updated_at bigint not null
);
