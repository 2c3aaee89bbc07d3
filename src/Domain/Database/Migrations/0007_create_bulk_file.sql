-- A sheet with many units' figures, byte for byte as a county uploaded it. Its rows are revisions; the audit lines of these
-- name the sheet by its hash. The same sheet sent again is kept once.

create table bulk_file (
    county      text not null,
    year        int not null,
    sha256      bytea not null,
    media_type  text not null,
    content     bytea not null,
    received_at timestamptz not null,
    actor       text not null,
    primary key (county, year, sha256)
);

grant select, insert on bulk_file to aggregator_api;
