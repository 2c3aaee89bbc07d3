-- A revision may be a file that a unit's report was read from: body holds the file byte for byte, reading how each figure was read.
-- Programs of the release before go on inserting bodies in JSON.

alter table revision
    add column media_type text not null default 'application/json',
    add column file_name  text,
    add column reading    jsonb;
