-- The runs that are recorded as running, with what tells whether their process still lives.
SELECT id, host, machine_id, boot_id, pid_namespace, pid, process_started, heartbeat FROM runs WHERE status = 'running'
