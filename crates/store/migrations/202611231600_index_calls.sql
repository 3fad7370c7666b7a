-- Lists by direction, outcome and hotline walk these in the order they show: rare ones are not looked for among all calls.
create index calls_by_direction on calls (tenant_id, direction, started_at, id);
create index calls_by_status on calls (tenant_id, status, started_at, id);
create index calls_by_hotline_status on calls (tenant_id, hotline_id, status, started_at, id);
-- The queue a call waited in last.
create index calls_by_queue on calls (tenant_id, queue_id, started_at, id) where queue_id is not null;
create index calls_by_hotline_direction on calls (tenant_id, hotline_id, direction, started_at, id);
