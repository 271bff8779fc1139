-- The numbers that were given to runs and that are accounted for, by a run or by its purge.
SELECT id FROM runs
UNION
SELECT run FROM purges
ORDER BY 1
