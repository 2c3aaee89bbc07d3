-- Least privilege: the programs log in as one user and take one of these roles. What was received can be added to
-- by the Api, but neither changed nor deleted by anyone but the owner.

do $$
begin
    if not exists (select from pg_roles where rolname = 'aggregator_api') then
        create role aggregator_api nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'aggregator_worker') then
        create role aggregator_worker nologin;
    end if;
    execute format('grant aggregator_api, aggregator_worker to %I', current_user);
exception when insufficient_privilege then
    raise exception 'The migrating user needs CREATEROLE, or an administrator creates the roles aggregator_api and aggregator_worker and grants them to %.', current_user;
end
$$;

grant usage on schema public to aggregator_api, aggregator_worker;
grant select on unit, reporting_year, filing, revision, total, stale_total, audit, api_key to aggregator_api;
grant insert on unit, reporting_year, filing, revision, total, stale_total, audit, api_key to aggregator_api;
grant update on unit, reporting_year, filing, api_key to aggregator_api;

grant select on unit, reporting_year, filing, revision, total, stale_total to aggregator_worker;
grant insert, update on total to aggregator_worker;
grant insert, delete on stale_total to aggregator_worker;
grant insert on audit to aggregator_worker;
