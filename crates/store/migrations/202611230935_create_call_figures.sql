-- How many calls of a kind began within a span of time, 15 minutes (900000 ms) or a day of UTC: written with the records, so that
-- statistics need not read these. Every time zone in use is a whole number of quarters of an hour away from UTC.
create table call_figures (
    tenant_id text not null,
    span_ms bigint not null,
    began_at bigint not null,
    direction text not null,
    cause text not null,
    answered bigint not null,
    hotline_id text not null,
    extension_id text not null,
    calls bigint not null,
    talk_ms bigint not null,
    wait_ms bigint not null,
    duration_ms bigint not null,
    primary key (tenant_id, span_ms, began_at, direction, cause, answered, hotline_id, extension_id)
);

insert into call_figures (tenant_id, span_ms, began_at, direction, cause, answered, hotline_id, extension_id, calls, talk_ms,
                          wait_ms, duration_ms)
select c.tenant_id, s.span_ms, (c.started_at / s.span_ms) * s.span_ms, c.direction, c.cause,
       case when c.answered_at is null then 0 else 1 end, coalesce(c.hotline_id, ''), coalesce(c.extension_id, ''),
       count(*), cast(sum(c.talk_ms) as bigint),
       cast(sum(case when coalesce(c.answered_at, c.ended_at) > c.started_at
                     then coalesce(c.answered_at, c.ended_at) - c.started_at else 0 end) as bigint),
       cast(sum(c.duration_ms) as bigint)
from calls c
cross join (select 900000 as span_ms union all select 86400000 as span_ms) s
group by 1, 2, 3, 4, 5, 6, 7, 8;
