-- Calls that the house places to speak in, and whom it calls.
create table broadcasts (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    kind text not null,
    name text not null,
    hotline_id text,
    sealed_script text not null,
    retries bigint not null,
    retry_gap_ms bigint not null,
    at_once bigint not null,
    created_at bigint not null
);
create index broadcasts_by_tenant on broadcasts (tenant_id, kind, id);

create table broadcast_numbers (
    broadcast_id text not null references broadcasts (id),
    tenant_id text not null references tenants (id),
    place bigint not null,
    number text not null,
    state text not null,
    attempts bigint not null,
    due_at bigint not null,
    call_id text,
    cause text,
    key text,
    updated_at bigint not null,
    primary key (broadcast_id, place)
);
create index broadcast_numbers_by_tenant on broadcast_numbers (tenant_id, broadcast_id, place);
create index broadcast_numbers_by_state on broadcast_numbers (state, due_at);
