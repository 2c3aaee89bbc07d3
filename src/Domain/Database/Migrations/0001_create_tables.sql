-- Received facts: unit, reporting_year, filing, revision, audit, api_key.  Derived: total, stale_total.
-- Keys begin with the county (or division) code, so that tables can be distributed by it.

create table unit (
    code               text primary key,
    name               text not null,
    kind               text not null,
    parent             text,
    contacts           jsonb not null default '[]',
    active_from        int,
    active_to          int,
    merged_into        text,
    vertically_managed boolean not null default false,
    updated_at         timestamptz not null default now()
);

create index unit_parent on unit (parent, code);

create table reporting_year (
    county          text not null,
    year            int not null,
    form            text not null,
    due_date        date not null,
    county_due_date date not null,
    state           text not null default 'open' check (state in ('open', 'closed', 'published')),
    primary key (county, year)
);

-- The small mutable row per expected report; everything else about it is in revision.
create table filing (
    county         text not null,
    year           int not null,
    unit           text not null,
    expected       boolean not null default true,
    due_date       date,
    reason         text,
    status         text not null default 'missing' check (status in ('missing', 'draft', 'submitted', 'returned', 'accepted')),
    revision       int not null default 0,
    filed_revision int,
    filed_at       timestamptz,
    hard           int not null default 0,
    warning        int not null default 0,
    notice         int not null default 0,
    primary key (county, year, unit),
    foreign key (county, year) references reporting_year
);

create table revision (
    county          text not null,
    year            int not null,
    unit            text not null,
    revision        int not null,
    outcome         text not null check (outcome in ('submitted', 'draft')),
    form            text not null,
    figures         numeric[] not null,
    prose           text[] not null,
    published_at    date,
    published_url   text,
    findings        jsonb not null,
    body            bytea not null,
    sha256          bytea not null,
    filed_at        timestamptz not null,
    received_at     timestamptz not null,
    late            boolean not null,
    actor           text not null,
    idempotency_key text,
    primary key (county, year, unit, revision)
);

create unique index revision_idempotency on revision (county, year, actor, idempotency_key) where idempotency_key is not null;

create table total (
    division         text not null,
    year             int not null,
    form             text not null,
    figures          numeric[],
    expected         int not null default 0,
    included         int not null default 0,
    missing          text[] not null default '{}',
    sources          text[] not null default '{}',
    source_revisions int[] not null default '{}',
    findings         jsonb not null default '[]',
    revision         int not null default 0,
    computed_at      timestamptz,
    primary key (division, year)
);

-- Appended by every filer, claimed in bulk by the worker that holds the total's row lock.
create table stale_total (
    division text not null,
    year     int not null,
    id       bigint generated always as identity,
    primary key (division, year, id)
);

create index stale_total_oldest on stale_total (id);

create table audit (
    county  text not null,
    id      bigint generated always as identity,
    at      timestamptz not null,
    actor   text not null,
    action  text not null,
    year    int,
    subject text not null,
    detail  jsonb,
    primary key (county, id)
);

create table api_key (
    id            text primary key,
    role          text not null check (role in ('reporter', 'county', 'viewer', 'operator')),
    scope         text not null,
    secret_sha256 bytea not null,
    created_by    text not null,
    created_at    timestamptz not null,
    expires_at    timestamptz,
    revoked_at    timestamptz
);

-- A due day includes its whole last second in Asia/Shanghai; the one place that says what late means.
create function is_late(instant timestamptz, due_date date) returns boolean
    language sql immutable parallel safe
    return instant >= (due_date + 1)::timestamp at time zone 'Asia/Shanghai';
