-- A run that is recorded as running; the columns of listRunning. ?1: its number.
SELECT id, host, machine_id, boot_id, pid_namespace, pid, process_started, heartbeat
FROM runs
WHERE id = ?1 AND status = 'running'
