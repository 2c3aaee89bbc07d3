-- Each filing asks whether units were merged into the one that files (撤并); few ever are, so the index stays tiny.
create index unit_merged on unit (merged_into) where merged_into is not null;
