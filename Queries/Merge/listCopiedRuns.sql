-- The runs that were copied from the attached store: their numbers there and here, and their checksums.
SELECT
    merged_runs.source_id, runs.id, runs.variances_checksum, runs.metrics_checksum, runs.run_checksum
FROM temp.merged_runs
CROSS JOIN main.runs ON runs.id = merged_runs.id
WHERE merged_runs.outcome IN ('added', 'updated')
