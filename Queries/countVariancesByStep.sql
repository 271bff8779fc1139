-- How many variances each step of each run has, and how many of them are of unknown layers. Scans layer_variances: this is
-- for checking a whole store, and every row counts.
SELECT run_id, step, count(*), sum(layer_id NOT IN (SELECT id FROM layers))
FROM layer_variances
GROUP BY run_id, step
