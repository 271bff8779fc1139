-- What has to be known of a run to resume it. ?1: its uuid.
SELECT id, lifecycle, last_step, steps FROM runs WHERE uuid = ?1
