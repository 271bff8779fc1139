-- What has to be known of a run to go on with it. ?1: its uuid.
SELECT id, lifecycle, status, last_step, steps FROM runs WHERE uuid = ?1
