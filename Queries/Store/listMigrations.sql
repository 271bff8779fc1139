-- The migrations a store has had, in order.
SELECT number, name, digest FROM schema_migrations ORDER BY number
