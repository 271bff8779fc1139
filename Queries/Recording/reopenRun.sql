-- Lets a run go on. ?1: run. ?2: now. ?3 to ?8: the process that owns it (host, machine, boot, pid namespace, pid, start).
UPDATE runs
SET status = 'running', ended = NULL, heartbeat = ?2, updated = ?2, run_checksum = NULL, host = ?3, machine_id = ?4,
    boot_id = ?5, pid_namespace = ?6, pid = ?7, process_started = ?8
WHERE id = ?1
