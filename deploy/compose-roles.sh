#!/usr/bin/env bash
# Run once by the postgres image, on an empty volume: the applications' role is no superuser, as in postgres.sh.
psql -v ON_ERROR_STOP=1 -v password="$AGGREGATOR_PASSWORD" -U postgres <<'SQL'
CREATE ROLE aggregator LOGIN CREATEROLE CREATEDB PASSWORD :'password';
CREATE DATABASE aggregator OWNER aggregator;
SQL
