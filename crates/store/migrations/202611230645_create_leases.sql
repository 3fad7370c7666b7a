-- Work that only one process on the database does at a time.
create table leases (
    name text not null primary key,
    -- Raised with each new holder, so that a late one is known.
    fence bigint not null,
    -- Raised by the holder while it lives.
    beat bigint not null,
    -- Whether the holder gave it back.
    free bigint not null
);
