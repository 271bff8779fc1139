-- Notes that a migration was applied.
INSERT INTO schema_migrations (number, name, digest, applied) VALUES (?, ?, ?, ?)
