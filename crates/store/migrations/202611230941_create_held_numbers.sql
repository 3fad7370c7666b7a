-- Public numbers that a company (a partner) holds for the companies it serves. hotline_id and ring_group_id are the owner's, while
-- the number is in use there.
create table held_numbers (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    number text not null,
    name text not null,
    description text not null,
    network text not null,
    free_of_charge bigint not null,
    owner_id text references tenants (id),
    hotline_id text references hotlines (id) on delete set null,
    ring_group_id text references ring_groups (id) on delete set null,
    created_at bigint not null,
    updated_at bigint not null
);
create unique index held_numbers_by_number on held_numbers (tenant_id, number);
create index held_numbers_by_owner on held_numbers (owner_id, hotline_id);
create index held_numbers_by_hotline on held_numbers (hotline_id);
create index held_numbers_by_ring_group on held_numbers (ring_group_id);
