-- What a company may take of the installation; 0 is no bound.
create table quotas (
    tenant_id text not null primary key references tenants (id),
    calls bigint not null,
    calls_per_second bigint not null,
    registrations bigint not null,
    clicks_per_minute bigint not null,
    api_requests_per_second bigint not null,
    updated_at bigint not null
);
