-- Lists that are walked in the order in which their things were made, and ids that are found by their last characters.
create index users_by_creation on users (tenant_id, created_at, id);
create index users_by_ending on users (tenant_id, substr(id, 19));
create index extensions_by_creation on extensions (tenant_id, created_at, id);
create index extensions_by_ending on extensions (tenant_id, substr(id, 19));
create index hotlines_by_creation on hotlines (tenant_id, created_at, id);
create index hotlines_by_ending on hotlines (tenant_id, substr(id, 19));
create index held_numbers_by_creation on held_numbers (tenant_id, created_at, id);
create index held_numbers_by_ending on held_numbers (tenant_id, substr(id, 19));
