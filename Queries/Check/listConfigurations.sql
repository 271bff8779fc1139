-- The configurations of all runs that have one, each with its run.
SELECT id, configuration, configuration_digest
FROM runs
WHERE configuration IS NOT NULL AND configuration_digest IS NOT NULL
