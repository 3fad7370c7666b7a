-- The marks that callers gave to calls.
create table call_ratings (
    call_id text not null primary key,
    tenant_id text not null references tenants (id),
    mark bigint not null,
    queue_id text,
    extension_id text,
    rated_at bigint not null
);
create index call_ratings_by_time on call_ratings (tenant_id, rated_at);
