-- When a broadcast begins, the hours it keeps to, and when it was called off.
alter table broadcasts add column starts_at bigint;
alter table broadcasts add column schedule_id text;
alter table broadcasts add column cancelled_at bigint;
