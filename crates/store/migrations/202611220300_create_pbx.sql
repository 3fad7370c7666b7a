create table extensions (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    number text not null,
    name text not null,
    sealed_password text not null,
    -- The hotline shown when calling out; the company's first when null.
    hotline_id text,
    enabled bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (tenant_id, number)
);
create index extensions_by_hotline on extensions (tenant_id, hotline_id);

create table trunks (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    kind text not null,
    server text not null,
    transport text not null,
    login text not null,
    sealed_password text,
    number_format text not null,
    max_calls bigint not null,
    enabled bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index trunks_by_tenant on trunks (tenant_id, name);

create table trunk_addresses (
    tenant_id text not null references tenants (id),
    trunk_id text not null references trunks (id),
    address text not null,
    primary key (trunk_id, address)
);
create index trunk_addresses_by_tenant on trunk_addresses (tenant_id, trunk_id);

create table flows (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    graph text not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index flows_by_tenant on flows (tenant_id, name);

create table ring_groups (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    strategy text not null,
    ring_ms bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index ring_groups_by_tenant on ring_groups (tenant_id, name);

create table ring_group_members (
    tenant_id text not null references tenants (id),
    group_id text not null references ring_groups (id),
    extension_id text not null references extensions (id),
    place bigint not null,
    primary key (group_id, extension_id)
);
create index ring_group_members_by_tenant on ring_group_members (tenant_id, group_id, place);
create index ring_group_members_by_extension on ring_group_members (tenant_id, extension_id);

create table hotlines (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    number text not null,
    name text not null,
    trunk_id text not null references trunks (id),
    target_kind text not null,
    target_id text not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (trunk_id, number)
);
create index hotlines_by_tenant on hotlines (tenant_id, number);
create index hotlines_by_number on hotlines (number);
create index hotlines_by_target on hotlines (tenant_id, target_id);
create index hotlines_by_trunk on hotlines (tenant_id, trunk_id);

create table greetings (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    duration_ms bigint not null,
    size_bytes bigint not null,
    created_at bigint not null
);
create index greetings_by_tenant on greetings (tenant_id, name);
