-- The clock's own tables stand apart from ours: the step `migrate` creates them there, as the owner, and the worker may use them.
create schema quartz;
grant usage on schema quartz to aggregator_worker;
alter default privileges in schema quartz grant select, insert, update, delete on tables to aggregator_worker;

-- Every run of a job, waiting, running or over; the same table is queue and history. An empty county is the whole installation.
-- A key is used once within county and job, so that two clocks that strike at once start one run.
create table job_run (
    county     text not null default '',
    id         bigint generated always as identity,
    job        text not null,
    key        text not null,
    state      text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
    queued_at  timestamptz not null,
    queued_by  text not null,
    started_at timestamptz,
    ended_at   timestamptz,
    worker     text,
    attempts   int not null default 0,
    done       int not null default 0,
    total      int,
    counts     jsonb not null default '{}',
    remarks    text[] not null default '{}',
    error      text,
    retry_of   bigint,
    primary key (county, id),
    unique (county, job, key)
);

create index job_run_id on job_run (id);
create index job_run_waiting on job_run (id) where state in ('queued', 'running');
create index job_run_ended on job_run (ended_at) where ended_at is not null;

create table job_pause (
    job       text primary key,
    paused_by text not null,
    paused_at timestamptz not null
);

-- Workers that are there. One that has not been seen for a while has died, and others take over what it was on.
create table worker (
    name       text primary key,
    started_at timestamptz not null,
    seen_at    timestamptz not null
);

-- That a unit's due day has passed without its report; once for each due day, so that the audit says it once.
create table overdue (
    county    text not null,
    year      int not null,
    unit      text not null,
    due_date  date not null,
    marked_at timestamptz not null,
    primary key (county, year, unit, due_date)
);

-- How long the oldest mark has been waiting is the first thing to know about totals that do not move.
alter table stale_total add column marked_at timestamptz not null default now();

create index session_seen on session (seen_at);
create index webhook_delivery_over on webhook_delivery (queued_at) where state in ('sent', 'given_up');

grant select, insert on job_run to aggregator_api;
grant select, insert, delete on job_pause to aggregator_api;
grant select on worker to aggregator_api;

grant select, insert, update, delete on job_run to aggregator_worker;
grant select on job_pause to aggregator_worker;
grant select, insert, update, delete on worker to aggregator_worker;
grant select, insert on overdue to aggregator_worker;

-- What retention deletes, by nothing but its age.
grant select (created_at, seen_at), delete on session to aggregator_worker;
grant select (id, expires_at, revoked_at), delete on api_key to aggregator_worker;
grant delete on webhook_delivery, webhook_attempt to aggregator_worker;
