-- A county report that is frozen (定稿). The Api asks for it, a worker builds it once, and from then on it is what it is. What
-- the county's total said is kept column for column, because it is what a published year's total goes on saying.
create table edition (
    county           text not null,
    year             int not null,
    number           int not null,
    state            text not null default 'requested' check (state in ('requested', 'built', 'failed')),
    requested_at     timestamptz not null,
    requested_by     text not null,
    idempotency_key  text,
    built_at         timestamptz,
    error            text,
    total_revision   int,
    figures          numeric[],
    expected         int,
    included         int,
    missing          text[],
    sources          text[],
    source_revisions int[],
    findings         jsonb,
    adjustments      jsonb,
    complete         boolean,
    label            text,
    report           jsonb,
    primary key (county, year, number),
    foreign key (county, year) references reporting_year
);

create index edition_requested on edition (requested_at) where state = 'requested';
create unique index edition_idempotency on edition (county, year, requested_by, idempotency_key) where idempotency_key is not null;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'An edition that is built does not change.';
end
$$;

create trigger edition_is_frozen before update on edition
    for each row when (old.state <> 'requested') execute function refuse_change();

-- Which edition a published year stands by; null in other states.
alter table reporting_year add column published_edition int;
alter table reporting_year add foreign key (county, year, published_edition) references edition;

-- What a county writes itself into a section of its report; a row without text takes it back.
create table narrative (
    county   text not null,
    year     int not null,
    section  text not null,
    revision int not null,
    text     text,
    actor    text not null,
    at       timestamptz not null,
    primary key (county, year, section, revision),
    foreign key (county, year) references reporting_year
);

-- Filed after the year was published: kept, and not in the published figures.
alter table revision add column late_correction boolean not null default false;

grant select on edition, narrative to aggregator_api, aggregator_worker;
grant insert (county, year, number, requested_at, requested_by, idempotency_key) on edition to aggregator_api;
grant insert on narrative to aggregator_api;
grant update (state, built_at, error, total_revision, figures, expected, included, missing, sources, source_revisions, findings,
    adjustments, complete, label, report) on edition to aggregator_worker;
