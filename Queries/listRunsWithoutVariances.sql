-- The runs that have no variances: number, last step, the greatest step of their metrics, and whether that may be: it may
-- not where Varve executed them to their end.
SELECT
    runs.id, runs.last_step, (SELECT max(step) FROM metrics WHERE metrics.run_id = runs.id),
    runs.configuration IS NULL OR runs.status <> 'finished'
FROM runs
WHERE NOT EXISTS (SELECT 1 FROM layer_variances WHERE layer_variances.run_id = runs.id)
