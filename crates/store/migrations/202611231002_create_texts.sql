-- What a company may say to customers' telephones, and what it said.
create table text_templates (
    tenant_id text not null references tenants (id),
    code text not null,
    text text not null,
    parameters text not null,
    created_at bigint not null,
    primary key (tenant_id, code)
);

create table texts (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    code text not null,
    recipient text not null,
    template text not null,
    sealed_parameters text not null,
    channel text not null,
    state text not null,
    fault text,
    reference text not null,
    parts bigint not null,
    listened_s bigint not null,
    created_at bigint not null,
    finished_at bigint
);
create unique index texts_by_code on texts (tenant_id, code);
create index texts_by_tenant on texts (tenant_id, id);
