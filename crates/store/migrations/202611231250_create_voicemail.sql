-- Mailboxes of extensions; no row means that there is none.
create table mailboxes (
    tenant_id text not null references tenants (id),
    extension_id text not null primary key references extensions (id),
    enabled bigint not null,
    on_no_answer bigint not null,
    on_busy bigint not null,
    on_unreachable bigint not null,
    greeting_id text references greetings (id),
    pin text,
    max_ms bigint not null,
    email text,
    attach bigint not null
);
create index mailboxes_by_tenant on mailboxes (tenant_id, extension_id);
create index mailboxes_by_greeting on mailboxes (tenant_id, greeting_id);

-- Messages that callers left. They stay when their extension is deleted, as records of calls do.
create table voicemails (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    extension_id text not null,
    call_id text not null,
    from_number text not null,
    from_name text not null,
    file text not null,
    size_bytes bigint not null,
    duration_ms bigint not null,
    complete bigint not null,
    created_at bigint not null,
    read_at bigint
);
create index voicemails_by_tenant on voicemails (tenant_id, id);
create index voicemails_by_extension on voicemails (tenant_id, extension_id, id);

-- A file that goes with a mail, from the data directory on.
alter table mails add column attachment text;
