-- The runs that are recorded as running and may be dead; the columns of listRunning. ?1: before this moment those that have no
-- process were heard of last.
SELECT id, host, machine_id, boot_id, pid_namespace, pid, process_started, heartbeat
FROM runs
WHERE status = 'running' AND (pid IS NOT NULL OR heartbeat < ?1)
