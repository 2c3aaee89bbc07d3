-- Past one primary: the same tables distributed by county over Citus (12 or later). Once, as the owner, after `migrate`, on the
-- coordinator; Api and Worker then connect to it as to any PostgreSQL. docs/scaling.md says when, and what has to change first.
-- Written against the schema of migration 0015; no Citus runs here, so it has not been executed.

create extension if not exists citus;

-- Small, joined by everybody, seldom written: a copy on every node.
select create_reference_table('unit');
select create_reference_table('api_key');
select create_reference_table('account');
select create_reference_table('session');
select create_reference_table('data_protection_key');
select create_reference_table('calendar_year');
select create_reference_table('job_pause');
select create_reference_table('worker');

-- A county's rows of all these tables lie on one node: filing, roster, history, review, edition and audit of a county ask one node.
select create_distributed_table('reporting_year', 'county', shard_count => 128);
select create_distributed_table('filing', 'county', colocate_with => 'reporting_year');
select create_distributed_table('revision', 'county', colocate_with => 'reporting_year');
select create_distributed_table('waiver', 'county', colocate_with => 'reporting_year');
select create_distributed_table('adjustment', 'county', colocate_with => 'reporting_year');
select create_distributed_table('narrative', 'county', colocate_with => 'reporting_year');
select create_distributed_table('edition', 'county', colocate_with => 'reporting_year');
select create_distributed_table('ladder', 'county', colocate_with => 'reporting_year');
select create_distributed_table('mail', 'county', colocate_with => 'reporting_year');
select create_distributed_table('overdue', 'county', colocate_with => 'reporting_year');
select create_distributed_table('bulk_file', 'county', colocate_with => 'reporting_year');
select create_distributed_table('job_run', 'county', colocate_with => 'reporting_year');
select create_distributed_table('audit', 'county', colocate_with => 'reporting_year');

-- By division; that of a county is its code, so its total lies beside its reports. Levels above are spread like counties.
select create_distributed_table('total', 'division', colocate_with => 'reporting_year');
select create_distributed_table('stale_total', 'division', colocate_with => 'reporting_year');

-- By the division that is told.
select create_distributed_table('webhook', 'scope', colocate_with => 'reporting_year');
select create_distributed_table('webhook_delivery', 'scope', colocate_with => 'reporting_year');
select create_distributed_table('webhook_attempt', 'scope', colocate_with => 'reporting_year');

-- The clock (schema quartz) and the journal of migrations stay on the coordinator.
