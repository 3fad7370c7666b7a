-- What people write on finished calls.
create table call_notes (
    call_id text not null primary key,
    tenant_id text not null references tenants (id),
    note text not null,
    tags text not null,
    updated_at bigint not null
);
create index call_notes_by_tenant on call_notes (tenant_id, call_id);
