-- What a partner asks of a company: whoever runs that company may log in and grant it, once, until it ends. tenant_id is the partner.
create table partner_requests (
    hash text not null primary key,
    tenant_id text not null references tenants (id),
    shop_id text references tenants (id),
    redirect_url text not null,
    email text not null,
    phone text not null,
    name text not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index partner_requests_by_expiry on partner_requests (expires_at);

-- The companies that a partner works for, with the key it has from each. tenant_id is the company that granted it.
create table partner_links (
    tenant_id text not null references tenants (id),
    partner_id text not null references tenants (id),
    key_id text not null references api_keys (id),
    sealed text not null,
    created_at bigint not null,
    primary key (tenant_id, partner_id)
);
create index partner_links_by_partner on partner_links (partner_id, tenant_id);
create index partner_links_by_key on partner_links (tenant_id, key_id);
