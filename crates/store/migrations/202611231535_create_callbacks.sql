-- Callers of queues who hung up and are called back.
create table queue_callbacks (
    -- The call in which it was promised.
    call_id text not null primary key,
    tenant_id text not null references tenants (id),
    queue_id text not null,
    hotline_id text,
    number text not null,
    priority bigint not null,
    skills text not null,
    state text not null,
    tries bigint not null,
    asked_at bigint not null,
    -- Not before.
    next_at bigint not null,
    -- The last call that tried, and who was the agent of it.
    last_call_id text,
    extension_id text,
    changed_at bigint not null
);
create index queue_callbacks_by_queue on queue_callbacks (tenant_id, queue_id, call_id);
create index queue_callbacks_by_state on queue_callbacks (state, changed_at);
insert into counters (name, value) values ('callbacks', 0);
