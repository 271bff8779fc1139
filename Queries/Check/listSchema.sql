-- Everything that the schema is made of, as it was made; what SQLite makes by itself has no text.
SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema
