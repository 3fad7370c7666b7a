-- Whether calls are recorded, by place: '' for the company, or the id of a hotline, a queue, an extension. No row: as above it.
create table recording_rules (
    tenant_id text not null references tenants (id),
    place text not null,
    rule text not null,
    primary key (tenant_id, place)
);

create table recording_settings (
    tenant_id text not null primary key references tenants (id),
    -- 0: for ever.
    keep_days bigint not null,
    announcement_id text,
    updated_at bigint not null
);

alter table recordings add column sha256 text;
-- Where the file lies: local, both, remote; gone when it was deleted.
alter table recordings add column storage text not null default 'local';
alter table recordings add column deleted_at bigint;
alter table recordings add column held_at bigint;
alter table recordings add column held_by text;
alter table recordings add column held_why text;
create index recordings_kept on recordings (tenant_id, created_at, call_id) where deleted_at is null;
-- What the keeper looks for every few seconds: few rows each, however many recordings there are.
create index recordings_unhashed on recordings (created_at) where sha256 is null and deleted_at is null;
create index recordings_leftover on recordings (deleted_at) where deleted_at is not null and storage <> 'gone';
create index recordings_to_carry on recordings (created_at, call_id) where storage in ('local', 'both') and deleted_at is null;

-- What was recorded and deleted, each entry with the hash of the one before.
create table recording_manifest (
    tenant_id text not null,
    seq bigint not null,
    kind text not null,
    call_id text not null,
    file text not null,
    sha256 text not null,
    size_bytes bigint not null,
    at bigint not null,
    previous text not null,
    hash text not null,
    primary key (tenant_id, seq)
);
create index recording_manifest_by_call on recording_manifest (tenant_id, call_id);

create table recording_manifest_heads (
    tenant_id text not null primary key,
    seq bigint not null,
    hash text not null
);
