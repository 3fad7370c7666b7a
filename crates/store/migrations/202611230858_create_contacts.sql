-- A contact is read from `data`; what it is found by stands in the tables below it.
create table contacts (
    id text not null primary key,
    tenant_id text not null,
    name text not null,
    sort_name text not null,
    owner_id text,
    data text not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index contacts_by_name on contacts (tenant_id, sort_name, id);
create index contacts_by_time on contacts (tenant_id, created_at, id);
create index contacts_by_owner on contacts (tenant_id, owner_id, sort_name, id);

-- A number belongs to one contact of a company.
create table contact_phones (
    tenant_id text not null,
    phone text not null,
    contact_id text not null,
    primary key (tenant_id, phone)
);
create index contact_phones_by_contact on contact_phones (tenant_id, contact_id);

-- What a contact is found by as a whole: labels, e-mail addresses, ids in other systems.
create table contact_keys (
    tenant_id text not null,
    kind text not null,
    value text not null,
    contact_id text not null,
    primary key (tenant_id, kind, value, contact_id)
);
create index contact_keys_by_contact on contact_keys (tenant_id, contact_id);

-- What a contact is found by from its beginning: words without accents and numbers, in hexadecimal digits, which every
-- collation sorts alike.
create table contact_words (
    tenant_id text not null,
    word text not null,
    sort_name text not null,
    contact_id text not null,
    primary key (tenant_id, word, sort_name, contact_id)
);
create index contact_words_by_contact on contact_words (tenant_id, contact_id, word);

create table contact_notes (
    id text not null primary key,
    tenant_id text not null,
    contact_id text not null,
    author_id text,
    body text not null,
    created_at bigint not null
);
create index contact_notes_by_contact on contact_notes (tenant_id, contact_id, id);

create table contact_imports (
    id text not null primary key,
    tenant_id text not null,
    file_name text not null,
    state text not null,
    columns text not null,
    mapping text not null,
    row_count bigint not null,
    created_by text,
    created_at bigint not null,
    updated_at bigint not null
);
create index contact_imports_by_tenant on contact_imports (tenant_id, id);

create table contact_import_rows (
    tenant_id text not null,
    import_id text not null,
    place bigint not null,
    cells text not null,
    outcome text not null,
    problem text not null,
    contact_id text,
    before text,
    after text,
    written_at bigint,
    primary key (tenant_id, import_id, place)
);
create index contact_import_rows_by_outcome on contact_import_rows (tenant_id, import_id, outcome, place);
