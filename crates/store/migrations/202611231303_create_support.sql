-- What companies ask of who runs the installation, as a conversation.
create table support_requests (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    kind text not null,
    title text not null,
    status text not null,
    author text not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index support_requests_by_tenant on support_requests (tenant_id, id);
create index support_requests_by_status on support_requests (status, id);

create table support_messages (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    request_id text not null references support_requests (id),
    from_operator bigint not null,
    author text not null,
    body text not null,
    created_at bigint not null
);
create index support_messages_by_request on support_messages (tenant_id, request_id, id);

-- Companies that may do nothing for now.
alter table tenants add column suspended_at bigint;
