-- What has to be known of a run to go on with it. ?1: its uuid.
SELECT id, lifecycle, status, last_step, steps, boot_id, pid, process_started FROM runs WHERE uuid = ?1
