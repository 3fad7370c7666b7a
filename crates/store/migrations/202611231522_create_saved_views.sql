-- Lists as people like to see them: the words of a list's address under a name.
create table saved_views (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    user_id text not null,
    list text not null,
    name text not null,
    query text not null,
    shared bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (tenant_id, user_id, list, name)
);
create index saved_views_by_list on saved_views (tenant_id, list, id);
