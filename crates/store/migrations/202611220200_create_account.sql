create table tenants (
    id text not null primary key,
    name text not null,
    domain text not null unique,
    country text not null,
    time_zone text not null,
    record_calls bigint not null,
    dial_countries text not null,
    blocked_prefixes text not null,
    config_version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index tenants_by_name on tenants (name);
create index tenants_by_config_version on tenants (config_version);

create table users (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    login text not null unique,
    name text not null,
    role text not null,
    password_hash text not null,
    enabled bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index users_by_tenant on users (tenant_id, login);

create table api_keys (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    role text not null,
    hash text not null unique,
    hint text not null,
    created_at bigint not null,
    last_used_at bigint,
    revoked_at bigint
);
create index api_keys_by_tenant on api_keys (tenant_id, id);

create table sessions (
    hash text not null primary key,
    tenant_id text not null references tenants (id),
    user_id text not null references users (id),
    created_at bigint not null,
    expires_at bigint not null
);
create index sessions_by_user on sessions (tenant_id, user_id);
create index sessions_by_expiry on sessions (expires_at);

-- Secrets that must be shown again, sealed with the master key.
create table kept_secrets (
    tenant_id text not null references tenants (id),
    name text not null,
    sealed text not null,
    created_at bigint not null,
    primary key (tenant_id, name)
);
