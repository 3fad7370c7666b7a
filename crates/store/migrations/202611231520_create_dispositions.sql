-- What can come of a call, as the company names it. One that is retired is chosen no more; calls keep it.
create table dispositions (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    created_at bigint not null,
    retired_at bigint,
    unique (tenant_id, name)
);
create index dispositions_by_tenant on dispositions (tenant_id, id);

alter table call_notes add column disposition_id text;
alter table call_notes add column author_id text;
create index call_notes_by_disposition on call_notes (tenant_id, disposition_id, call_id);

-- What people said about finished calls, one after another.
create table call_comments (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    call_id text not null,
    author_id text,
    body text not null,
    -- The place in the recording that is meant.
    at_ms bigint,
    created_at bigint not null
);
create index call_comments_by_call on call_comments (tenant_id, call_id, id);
