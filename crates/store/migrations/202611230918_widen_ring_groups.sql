-- A member's own times, and where a group leaves its calls when nobody answers. ring_ms 0 means the group's time.
alter table ring_group_members add column delay_ms bigint not null default 0;
alter table ring_group_members add column ring_ms bigint not null default 0;
alter table ring_groups add column target_kind text;
alter table ring_groups add column target_id text;
create index ring_groups_by_target on ring_groups (tenant_id, target_id);
update ring_groups set strategy = 'sequence' where strategy = 'sequential';
