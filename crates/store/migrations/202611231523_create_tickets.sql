-- What a company has to do for somebody. `sought` is what a search looks at: number, subject and description without accents.
create table tickets (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    number bigint not null,
    subject text not null,
    description text not null,
    status text not null,
    priority text not null,
    category text not null,
    contact_id text,
    call_id text,
    assignee_id text,
    author_id text,
    due_at bigint,
    sought text not null,
    created_at bigint not null,
    updated_at bigint not null,
    closed_at bigint
);
create unique index tickets_by_number on tickets (tenant_id, number);
create index tickets_by_tenant on tickets (tenant_id, id);
create index tickets_by_status on tickets (tenant_id, status, id);
create index tickets_by_assignee on tickets (tenant_id, assignee_id, id);
create index tickets_by_contact on tickets (tenant_id, contact_id, id);
create index tickets_by_call on tickets (tenant_id, call_id, id);

-- A ticket's story: notes that people write, and what was changed.
create table ticket_entries (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    ticket_id text not null references tickets (id),
    author_id text,
    kind text not null,
    body text not null,
    field text not null,
    value_before text not null,
    value_after text not null,
    created_at bigint not null
);
create index ticket_entries_by_ticket on ticket_entries (tenant_id, ticket_id, id);
