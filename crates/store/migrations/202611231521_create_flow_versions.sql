-- What each flow has been, and who made it so. The newest version is the one that calls walk.
create table flow_versions (
    tenant_id text not null references tenants (id),
    flow_id text not null references flows (id),
    version bigint not null,
    graph text not null,
    note text not null,
    author text not null,
    created_at bigint not null,
    primary key (flow_id, version)
);
create index flow_versions_by_tenant on flow_versions (tenant_id, flow_id, version);

insert into flow_versions (tenant_id, flow_id, version, graph, note, author, created_at)
select tenant_id, id, version, graph, '', '', updated_at
from flows;

-- What is being drawn and meets no call yet.
create table flow_drafts (
    flow_id text not null primary key references flows (id),
    tenant_id text not null references tenants (id),
    graph text not null,
    revision bigint not null,
    made_from bigint not null,
    author text not null,
    updated_at bigint not null
);
create index flow_drafts_by_tenant on flow_drafts (tenant_id, flow_id);

-- Imagined callers and where each has to end.
alter table flows add column tests text not null default '[]';
