-- The clock that chases: the operator's holiday arrangements, each county's ladder, and the mail that goes out.

-- The whole installation's, like the list of divisions; what is not here is as the release knows it.
create table calendar_year (
    year      int primary key,
    source    text not null,
    days_off  date[] not null,
    workdays  date[] not null,
    actor     text not null,
    at        timestamptz not null
);

create table ladder (
    county   text not null,
    year     int not null,
    revision int not null,
    body     jsonb not null,
    actor    text not null,
    at       timestamptz not null,
    primary key (county, year),
    foreign key (county, year) references reporting_year
);

-- The outbox and the log in one. The text is written when it is sent, by what is true then; a queued line only says what about.
create table mail (
    county          text not null,
    id              bigint generated always as identity,
    year            int not null,
    unit            text not null,
    step            text not null,
    kind            text not null check (kind in ('reminder', 'digest', 'filed', 'returned', 'accepted', 'waiver_lapsed', 'test')),
    detail          jsonb,
    state           text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'given_up', 'cancelled')),
    message_id      uuid not null default gen_random_uuid(),
    recipients      text[] not null default '{}',
    copies          text[] not null default '{}',
    delivered       text[] not null default '{}',
    subject         text,
    text            text,
    html            text,
    created_at      timestamptz not null,
    next_attempt_at timestamptz not null,
    attempts        int not null default 0,
    attempted_at    timestamptz,
    sent_at         timestamptz,
    answer          text,
    bounced_at      timestamptz,
    bounce          text,
    primary key (county, id)
);

-- Never twice, whoever queues.
create unique index mail_step on mail (county, year, unit, step);
create index mail_waiting on mail (next_attempt_at) where state = 'queued';
create index mail_attempted on mail (attempted_at) where attempted_at is not null;
create index mail_message on mail (message_id);

grant select, insert, update on calendar_year, ladder to aggregator_api;
grant select, insert on mail to aggregator_api;
grant update (state, next_attempt_at, attempts, answer) on mail to aggregator_api;

grant select on calendar_year, ladder to aggregator_worker;
grant select, insert on mail to aggregator_worker;
grant update (state, recipients, copies, delivered, subject, text, html, next_attempt_at, attempts, attempted_at, sent_at, answer, bounced_at, bounce) on mail to aggregator_worker;
