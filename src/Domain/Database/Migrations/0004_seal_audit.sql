-- The audit's hash chain, one per county. Lines are written without it, so that filing is not serialised; the worker
-- numbers and seals them within seconds. What a line says can be changed by nobody, its seal by the worker only.
alter table audit add column seq bigint;
alter table audit add column sha256 bytea;
create unique index audit_chain on audit (county, seq);
create index audit_unsealed on audit (id) where seq is null;

grant select on audit to aggregator_worker;
grant update (seq, sha256) on audit to aggregator_worker;
