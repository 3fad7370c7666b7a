-- The processes that work on this database, each with what it last said of itself.
create table nodes (
    id text not null primary key,
    name text not null,
    version text not null,
    started_at bigint not null,
    seen_at bigint not null,
    report text not null
);
