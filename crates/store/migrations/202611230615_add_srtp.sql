-- Whether the sound of a phone or a carrier is protected: 'off', 'optional' or 'required'.
alter table extensions add column srtp text not null default 'optional';
alter table trunks add column srtp text not null default 'optional';
