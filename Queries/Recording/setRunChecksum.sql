-- Puts the checksum of its end under a run, unless it is older than checksums. ?1: run. ?2: the checksum, NULL where the
-- run is not as it ended any more.
UPDATE runs SET run_checksum = ?2 WHERE id = ?1 AND variances_checksum IS NOT NULL
