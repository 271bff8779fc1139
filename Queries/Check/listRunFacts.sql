-- What the rows of all runs say that can be compared with what there is of them: number, last step, whether Varve executed
-- them, whether they are finished, whether they came without checksums, whether they have certainly ended (a killed one may
-- have been taken for dead and go on), and the checksums of variances, metrics and run.
SELECT
    id, last_step, configuration IS NOT NULL, status = 'finished', unproven, status IN ('finished', 'failed'),
    variances_checksum, metrics_checksum, run_checksum
FROM runs
