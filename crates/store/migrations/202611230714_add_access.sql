alter table users add column email text;
create index users_by_email on users (email);

-- Sessions get a name of their own, so that their owner can end one; those without go.
delete from sessions;
alter table sessions add column id text not null default '';
alter table sessions add column source text not null default '';
alter table sessions add column agent text not null default '';
alter table sessions add column last_used_at bigint not null default 0;

-- Links that let somebody choose a password: invitations, and answers to "forgotten".
create table password_links (
    hash text not null primary key,
    tenant_id text not null references tenants (id),
    user_id text not null references users (id),
    purpose text not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index password_links_by_user on password_links (tenant_id, user_id);

-- Codes of an authenticator app; without confirmed_at it does not count yet.
create table second_factors (
    user_id text not null primary key,
    tenant_id text not null references tenants (id),
    sealed text not null,
    created_at bigint not null,
    confirmed_at bigint,
    last_step bigint not null,
    failures bigint not null,
    failed_at bigint not null
);

create table recovery_codes (
    tenant_id text not null references tenants (id),
    user_id text not null references users (id),
    hash text not null,
    primary key (tenant_id, user_id, hash)
);

-- Mail that waits to be sent; sealed, since it may hold links that open doors.
create table mails (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    sealed text not null,
    attempts bigint not null,
    due_at bigint not null,
    created_at bigint not null
);
create index mails_by_due on mails (due_at);
