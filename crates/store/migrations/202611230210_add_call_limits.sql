-- How much may be called to the outside: the company's row has an empty extension_id. Who has no row has the usual limits.
create table call_limits (
    tenant_id text not null references tenants (id),
    extension_id text not null,
    outbound_calls bigint not null,
    outbound_minutes_per_day bigint not null,
    outbound_calls_per_minute bigint not null,
    -- Calling codes with commas between; null for the company's own. Of extensions only.
    dial_countries text,
    updated_at bigint not null,
    primary key (tenant_id, extension_id)
);

-- Networks that an extension's phones may be in, with commas between; empty for any. And whether it may call from where it
-- has not registered: 'registered' or 'anywhere'.
alter table extensions add column allowed_networks text not null default '';
alter table extensions add column call_from text not null default 'registered';
