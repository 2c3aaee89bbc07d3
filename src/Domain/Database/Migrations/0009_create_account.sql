-- People sign in with an account and hold sessions; what protects their forms (antiforgery) is encrypted with keys that
-- all Apis share.

create table account (
    login         text primary key,
    name          text not null,
    role          text not null check (role in ('reporter', 'county', 'viewer', 'operator')),
    scope         text not null,
    password_hash text not null,
    must_change   boolean not null default true,
    failed        int not null default 0,
    locked_until  timestamptz,
    disabled      boolean not null default false,
    created_by    text not null,
    created_at    timestamptz not null
);

create index account_county on account (left(scope, 6), login);

-- A row is a session that may still be used; one that has ended is deleted, and the audit says so.
create table session (
    token_sha256 bytea primary key,
    id           text not null unique,
    login        text not null references account,
    user_agent   text not null,
    created_at   timestamptz not null,
    seen_at      timestamptz not null
);

create index session_login on session (login, created_at);

create table data_protection_key (
    name       text primary key,
    xml        text not null,
    created_at timestamptz not null default now()
);

grant select, insert, update on account to aggregator_api;
grant select, insert, update, delete on session to aggregator_api;
grant select, insert on data_protection_key to aggregator_api;
