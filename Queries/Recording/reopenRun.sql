-- Lets a run go on. ?1: run. ?2: now. ?3 to ?6: the process that owns it (host, boot, pid, start).
UPDATE runs
SET status = 'running', ended = NULL, heartbeat = ?2, updated = ?2, run_checksum = NULL, host = ?3, boot_id = ?4, pid = ?5,
    process_started = ?6
WHERE id = ?1
