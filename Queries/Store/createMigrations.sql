-- The table that says which migrations a store has had: the one truth about the schema's version.
CREATE TABLE schema_migrations (
    number  INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    applied INTEGER NOT NULL
) STRICT
