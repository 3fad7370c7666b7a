-- What a request with an Idempotency-Key was answered, so that its repetition is answered the same.
create table idempotent_requests (
    tenant_id text not null references tenants (id),
    owner text not null,
    idempotency_key text not null,
    fingerprint text not null,
    claimed_at bigint not null,
    status bigint,
    content_type text,
    sealed_body text,
    primary key (tenant_id, owner, idempotency_key)
);
create index idempotent_requests_by_age on idempotent_requests (claimed_at);
