-- The runs that were copied from the attached store: their numbers there and here, their checksums, and whether
-- only their new variances and metrics were.
SELECT
    merged_runs.source_id, runs.id, runs.variances_checksum, runs.metrics_checksum, runs.run_checksum,
    merged_runs.after_step IS NOT NULL, merged_runs.grows_metrics
FROM temp.merged_runs
CROSS JOIN main.runs ON runs.id = merged_runs.id
WHERE merged_runs.outcome IN ('added', 'updated')
