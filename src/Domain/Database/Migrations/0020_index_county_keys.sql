-- A county looks at the keys of its units.
create index api_key_county on api_key (left(scope, 6), id) where revoked_at is null;
