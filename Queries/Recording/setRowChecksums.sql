-- Puts checksums under the rows of a run. ?1: run. ?2 and ?3: those of its variances and metrics.
UPDATE runs SET variances_checksum = ?2, metrics_checksum = ?3 WHERE id = ?1
