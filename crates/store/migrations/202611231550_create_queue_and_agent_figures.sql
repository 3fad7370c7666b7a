-- How soon the caller should have been answered, as the queue promised then.
alter table queue_visits add column promised_ms bigint not null default 20000;

-- Callers of queues by the span in which they joined: a quarter of an hour and a day, both of UTC.
create table queue_figures (
    tenant_id text not null,
    span_ms bigint not null,
    began_at bigint not null,
    queue_id text not null,
    outcome text not null,
    in_time bigint not null,
    callers bigint not null,
    waited_ms bigint not null,
    longest_ms bigint not null,
    primary key (tenant_id, span_ms, began_at, queue_id, outcome, in_time)
);

insert into queue_figures (tenant_id, span_ms, began_at, queue_id, outcome, in_time, callers, waited_ms, longest_ms)
select v.tenant_id, s.span_ms, (v.joined_at / s.span_ms) * s.span_ms, v.queue_id, v.outcome,
       case when v.waited_ms <= v.promised_ms then 1 else 0 end, count(*), cast(sum(v.waited_ms) as bigint), max(v.waited_ms)
from queue_visits v
cross join (select 900000 as span_ms union all select 86400000 as span_ms) s
group by 1, 2, 3, 4, 5, 6;

-- What agents did, from when to when; without an end while it lasts. Who is offline does nothing.
create table agent_spells (
    tenant_id text not null,
    extension_id text not null,
    began_at bigint not null,
    ended_at bigint,
    state text not null,
    -- Why, with a pause; what came of it, with an offer: taken, missed, or nothing when it was taken back.
    reason text not null,
    queue_id text,
    call_id text,
    primary key (tenant_id, extension_id, began_at)
);
create index agent_spells_open on agent_spells (tenant_id, extension_id) where ended_at is null;
create index agent_spells_by_time on agent_spells (tenant_id, began_at);

-- The time of spells that are over, by the spans they lie in; `spells` counts those that began in the span.
create table agent_figures (
    tenant_id text not null,
    span_ms bigint not null,
    began_at bigint not null,
    extension_id text not null,
    state text not null,
    reason text not null,
    spells bigint not null,
    time_ms bigint not null,
    primary key (tenant_id, span_ms, began_at, extension_id, state, reason)
);

-- When whoever runs the queues last showed that it lives: what it left open ended then.
create table agent_signs (
    name text not null primary key,
    at bigint not null
);
