-- The moment from which on everything that is recorded gets a checksum.
SELECT applied FROM schema_migrations WHERE number = 3
