-- What the county says to a report: accepted (which revision), or why it went back.
alter table filing add column accepted_revision int;
alter table filing add column remark text;
