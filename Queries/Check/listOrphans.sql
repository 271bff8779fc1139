-- The numbers that variances or metrics are recorded under but no run has: one seek in each table for a number.
WITH RECURSIVE
    varied (run) AS (
        SELECT min(run_id) FROM layer_variances
        UNION ALL
        SELECT (SELECT min(run_id) FROM layer_variances WHERE run_id > varied.run) FROM varied WHERE varied.run IS NOT NULL
    ),
    measured (run) AS (
        SELECT min(run_id) FROM metrics
        UNION ALL
        SELECT (SELECT min(run_id) FROM metrics WHERE run_id > measured.run) FROM measured WHERE measured.run IS NOT NULL
    )
SELECT run FROM varied WHERE run IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = run)
UNION
SELECT run FROM measured WHERE run IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = run)
