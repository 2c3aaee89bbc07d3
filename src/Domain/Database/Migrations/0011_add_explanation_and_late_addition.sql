-- What is said to a finding is kept in one way, whether the county lets a hard one pass or the unit explains another. Somebody
-- may say it better later, so it is numbered; the newest one that holds is shown. What the rule expected may come from last
-- year's report, whose cells are not among the figures.
alter table waiver add column kind text not null default 'waiver' check (kind in ('waiver', 'explanation'));
alter table waiver add column expected text;
alter table waiver add column id bigint generated always as identity;
alter table waiver drop constraint waiver_pkey;
alter table waiver add primary key (county, year, unit, id);

-- Since when a unit is on the roster, and why it was put there after the due day; null for lines of before.
alter table filing add column added_at timestamptz;
alter table filing add column added_reason text;
