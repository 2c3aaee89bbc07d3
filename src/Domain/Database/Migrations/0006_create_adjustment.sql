-- Explicit corrections by the county, received facts like reports: each change of one is a new row, removing it as well.
create table adjustment (
    county   text not null,
    year     int not null,
    path     text not null,
    revision int not null,
    delta    numeric not null,
    reason   text not null,
    actor    text not null,
    at       timestamptz not null,
    primary key (county, year, path, revision),
    foreign key (county, year) references reporting_year
);

grant select, insert on adjustment to aggregator_api;
grant select on adjustment to aggregator_worker;
