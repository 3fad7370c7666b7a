-- Desk phones that fetch their settings here, by the address of their network card.
create table devices (
    mac text not null primary key,
    tenant_id text not null references tenants (id),
    extension_id text not null references extensions (id),
    model text not null,
    -- Of the secret in the address that the phone fetches from; null once it was used.
    token_hash text unique,
    token_ends_at bigint not null,
    fetched_at bigint,
    fetched_from text not null,
    created_at bigint not null
);
create index devices_by_extension on devices (tenant_id, extension_id, mac);
