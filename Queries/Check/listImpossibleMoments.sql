-- The moments outside of the years 1 to 9999, but those of metrics: what each is, and the run that it belongs to, or NULL.
-- ?1 and ?2: the first and the last moment that can be.
SELECT 'the time at which it started', id FROM runs WHERE started NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time at which it ended', id FROM runs WHERE ended NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time of its last sign of life', id FROM runs WHERE heartbeat NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time at which it was changed', id FROM runs WHERE updated NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time of its tag ' || key, run_id FROM tags WHERE updated NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time at which its tag ' || key || ' was removed', run_id FROM tag_removals WHERE removed NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time at which it was edited', run_id FROM edits WHERE at NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time at which it was purged', run FROM purges WHERE purged NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time of dataset ' || name, NULL FROM datasets WHERE created NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time of experiment ' || name, NULL
FROM experiments
WHERE created NOT BETWEEN ?1 AND ?2 OR updated NOT BETWEEN ?1 AND ?2
UNION ALL
SELECT 'the time of migration ' || number, NULL FROM schema_migrations WHERE applied NOT BETWEEN ?1 AND ?2
