-- How many of the migrations that a store had after a schema do not allow that schema's Varve to read it. ?1: the schema.
SELECT count(*) FROM schema_migrations WHERE number > ?1 AND (readable_since IS NULL OR readable_since > ?1)
