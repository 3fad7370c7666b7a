-- How extensions handle calls; no row means that nothing is set, 0 that a number is not.
create table extension_handling (
    tenant_id text not null references tenants (id),
    extension_id text not null primary key references extensions (id),
    do_not_disturb bigint not null,
    forward_always text,
    forward_busy text,
    forward_no_answer text,
    forward_unreachable text,
    ring_ms bigint not null,
    max_calls bigint not null
);
create index extension_handling_by_tenant on extension_handling (tenant_id, extension_id);
