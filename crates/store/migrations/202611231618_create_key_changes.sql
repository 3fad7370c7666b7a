-- What was done to API keys, and who did it: the audit trail, which is kept.
create table key_changes (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    key_id text not null,
    kind text not null,
    user_id text,
    by_key_id text,
    changed_at bigint not null
);
create index key_changes_by_key on key_changes (tenant_id, key_id, id);
