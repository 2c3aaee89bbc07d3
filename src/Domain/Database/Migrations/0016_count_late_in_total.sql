-- How many of the reports in a total came late, and on which days they came: days counted from 1 January after the report year,
-- each with its number of reports. Every level adds up what the level below says, so that no page has to count the nation.
alter table total add column late int not null default 0;
alter table total add column filed_days int[] not null default '{}';
alter table total add column filed_counts int[] not null default '{}';

insert into stale_total (division, year) select division, year from total order by length(division) desc, division;
