create table webhook_endpoints (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    url text not null,
    description text not null,
    -- Words with spaces around each, so that one can be looked for; empty for all kinds of events.
    kinds text not null,
    enabled bigint not null,
    sealed_secret text not null,
    sealed_old_secret text,
    old_secret_until bigint,
    -- Events up to this one happened before the endpoint was there.
    from_seq bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index webhook_endpoints_by_tenant on webhook_endpoints (tenant_id, id);

-- One event on its way to one endpoint. Deliveries of one lane (a call, or the event itself) go out one after another.
create table webhook_deliveries (
    endpoint_id text not null references webhook_endpoints (id),
    seq bigint not null,
    tenant_id text not null,
    event_id text not null,
    kind text not null,
    call_id text,
    lane text not null,
    body text not null,
    state text not null,
    -- Attempts since it was queued or replayed last, and ever.
    tries bigint not null,
    attempts bigint not null,
    next_at bigint not null,
    last_status bigint,
    last_error text,
    created_at bigint not null,
    finished_at bigint,
    primary key (endpoint_id, seq)
);
create index webhook_deliveries_by_tenant on webhook_deliveries (tenant_id, endpoint_id, seq);
create index webhook_deliveries_by_event on webhook_deliveries (tenant_id, endpoint_id, event_id);
create index webhook_deliveries_by_lane on webhook_deliveries (endpoint_id, lane, state, seq);
create index webhook_deliveries_by_due on webhook_deliveries (state, next_at, endpoint_id);
create index webhook_deliveries_by_state on webhook_deliveries (endpoint_id, state, next_at);
create index webhook_deliveries_by_age on webhook_deliveries (finished_at);

-- The delivery log.
create table webhook_attempts (
    endpoint_id text not null,
    seq bigint not null,
    attempt bigint not null,
    tenant_id text not null,
    at bigint not null,
    duration_ms bigint not null,
    status bigint,
    error text,
    answer text,
    primary key (endpoint_id, seq, attempt)
);
create index webhook_attempts_by_tenant on webhook_attempts (tenant_id, endpoint_id, seq, attempt);
create index webhook_attempts_by_age on webhook_attempts (at);
