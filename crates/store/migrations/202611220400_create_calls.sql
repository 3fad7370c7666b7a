-- History outlives configuration, so nothing here refers to another table by a foreign key.
create table calls (
    id text not null primary key,
    tenant_id text not null,
    direction text not null,
    status text not null,
    hotline_id text,
    trunk_id text,
    extension_id text,
    caller_number text not null,
    caller_name text not null,
    callee_number text not null,
    started_at bigint not null,
    ringing_at bigint,
    answered_at bigint,
    ended_at bigint not null,
    duration_ms bigint not null,
    talk_ms bigint not null,
    cause text not null,
    ended_by text not null,
    legs text not null,
    trail text not null
);
create index calls_by_tenant on calls (tenant_id, started_at, id);

-- Who took part: extension ids, hotline ids and outside numbers, each a way to find the call.
create table call_parties (
    tenant_id text not null,
    party text not null,
    started_at bigint not null,
    call_id text not null,
    primary key (tenant_id, party, started_at, call_id)
);

create table recordings (
    call_id text not null primary key,
    tenant_id text not null,
    file text not null,
    size_bytes bigint not null,
    duration_ms bigint not null,
    complete bigint not null,
    created_at bigint not null
);
create index recordings_by_tenant on recordings (tenant_id, created_at, call_id);
