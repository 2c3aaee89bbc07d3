-- What a clerk has typed into the form and not yet saved: a convenience that is overwritten and thrown away, no received fact.
create table typing (
    county        text not null,
    year          int not null,
    unit          text not null,
    form          text not null,
    seen          int not null,
    cells         text[] not null,
    prose         text[] not null,
    published_at  text not null,
    published_url text not null,
    actor         text not null,
    at            timestamptz not null,
    primary key (county, year, unit),
    foreign key (county, year, unit) references filing on delete cascade
);

grant select, insert, update, delete on typing to aggregator_api;
