-- The checksums of a run: whether it came without any, whether it has certainly ended (a killed one may have been taken for
-- dead and go on), and those of its variances, its metrics and its end. ?1: the run's number.
SELECT unproven, status IN ('finished', 'failed'), variances_checksum, metrics_checksum, run_checksum
FROM runs
WHERE id = ?1
