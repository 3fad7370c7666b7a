-- Whether the carrier is asked by OPTIONS if it is there.
alter table trunks add column probed bigint not null default 1;
