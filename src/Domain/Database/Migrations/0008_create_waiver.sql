-- A hard finding that the county lets pass, with what the rule read when it did. Never changed: a waiver holds exactly
-- for reports in which the rule reads the same.
create table waiver (
    county   text not null,
    year     int not null,
    unit     text not null,
    rule     text not null,
    path     text not null,
    revision int not null,
    cells    text[] not null,
    figures  numeric[] not null,
    reason   text not null,
    actor    text not null,
    at       timestamptz not null,
    primary key (county, year, unit, rule, path, revision)
);

grant select, insert on waiver to aggregator_api;
