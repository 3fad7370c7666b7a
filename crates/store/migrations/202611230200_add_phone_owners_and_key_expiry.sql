-- The person whose phone it is: one extension each.
alter table extensions add column user_id text;
create unique index extensions_by_user on extensions (tenant_id, user_id);

-- When an API key stops counting by itself.
alter table api_keys add column expires_at bigint;
