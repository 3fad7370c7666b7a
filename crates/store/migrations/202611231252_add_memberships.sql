-- A person who works for several companies has a row in each; the rows that joined point to the one that logs in.
alter table users add column home_id text;
alter table users add column home_tenant_id text;
create index users_by_home on users (home_id);
