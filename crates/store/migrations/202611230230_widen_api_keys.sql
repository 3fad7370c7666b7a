-- Keys of other dialects, and what bounds a key's use.
alter table api_keys add column dialect text not null default 'alo';
alter table api_keys add column public_id text;
alter table api_keys add column sealed text;
alter table api_keys add column addresses text not null default '';
alter table api_keys add column requests_per_minute bigint;
-- The secret before the last change of it, while it still counts.
alter table api_keys add column previous_hash text;
alter table api_keys add column previous_sealed text;
alter table api_keys add column previous_until bigint;
create unique index api_keys_by_public_id on api_keys (dialect, public_id);
create index api_keys_by_previous_hash on api_keys (previous_hash);
