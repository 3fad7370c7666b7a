-- The telephone number of a person, for colleagues; no two of a company have one.
alter table users add column phone text;
create unique index users_by_phone on users (tenant_id, phone);
