-- In whose words an endpoint is told, and what of that dialect's choices is wanted: words with spaces between.
alter table webhook_endpoints add column dialect text not null default 'alo';
alter table webhook_endpoints add column choices text not null default '';
