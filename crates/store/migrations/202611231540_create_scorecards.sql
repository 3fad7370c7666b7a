create table scorecards (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    name text not null,
    enabled bigint not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index scorecards_by_tenant on scorecards (tenant_id, id);

-- Questions are never changed: a change makes a version, so what was scored stays what it was.
create table scorecard_versions (
    card_id text not null references scorecards (id),
    version bigint not null,
    tenant_id text not null references tenants (id),
    questions text not null,
    created_at bigint not null,
    created_by text not null,
    primary key (card_id, version)
);

create table call_scores (
    id text not null primary key,
    tenant_id text not null references tenants (id),
    call_id text not null,
    card_id text not null,
    card_version bigint not null,
    extension_id text not null,
    scorer text not null,
    -- Hundredths of a percent.
    score bigint not null,
    comment text not null,
    state text not null,
    dispute text not null,
    reply text not null,
    called_at bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (tenant_id, call_id, card_id, scorer)
);
create index call_scores_by_tenant on call_scores (tenant_id, called_at, id);
create index call_scores_by_extension on call_scores (tenant_id, extension_id, called_at);
create index call_scores_by_card on call_scores (tenant_id, card_id, called_at);

create table call_score_answers (
    score_id text not null references call_scores (id),
    question text not null,
    tenant_id text not null references tenants (id),
    place bigint not null,
    -- Null: it did not apply to this call.
    points bigint,
    most bigint not null,
    comment text not null,
    primary key (score_id, question)
);
create index call_score_answers_by_tenant on call_score_answers (tenant_id, score_id, place);
