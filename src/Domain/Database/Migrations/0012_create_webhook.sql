-- Upper-level systems that want to be told. The signing secret has to be read by who signs, the Worker; the Api hands it out
-- once, when it writes it, and cannot read it again.
create table webhook (
    scope      text not null,
    id         text not null,
    url        text not null,
    events     text[] not null,
    secret     text not null,
    created_by text not null,
    created_at timestamptz not null,
    deleted_at timestamptz,
    primary key (scope, id)
);

-- One event for one webhook. The id names the audit line that it comes from, so that sealing a line twice could not tell twice.
create table webhook_delivery (
    scope           text not null,
    webhook         text not null,
    id              text not null,
    seq             bigint generated always as identity,
    event           text not null,
    body            text not null,
    state           text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'given_up')),
    rounds          int not null default 0,
    created_at      timestamptz not null,
    queued_at       timestamptz not null,
    next_attempt_at timestamptz,
    sent_at         timestamptz,
    primary key (scope, webhook, id),
    foreign key (scope, webhook) references webhook
);

create index webhook_delivery_seq on webhook_delivery (scope, webhook, seq);
create index webhook_delivery_due on webhook_delivery (scope, webhook, next_attempt_at) where state in ('queued', 'failed');

create table webhook_attempt (
    scope       text not null,
    webhook     text not null,
    delivery    text not null,
    id          bigint generated always as identity,
    at          timestamptz not null,
    duration_ms int not null,
    status      int,
    answer      text,
    error       text,
    primary key (scope, webhook, delivery, id)
);

grant insert, select (scope, id, url, events, created_by, created_at, deleted_at), update (deleted_at) on webhook to aggregator_api;
grant select, insert, update (state, rounds, queued_at, next_attempt_at, sent_at) on webhook_delivery to aggregator_api;
grant select on webhook_attempt to aggregator_api;

grant select on webhook to aggregator_worker;
grant select, insert, update (state, rounds, next_attempt_at, sent_at) on webhook_delivery to aggregator_worker;
grant select, insert on webhook_attempt to aggregator_worker;
