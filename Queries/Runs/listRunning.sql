-- The runs that stand as running, with what tells whether their process still lives.
SELECT id, host, boot_id, pid, process_started, heartbeat FROM runs WHERE status = 'running'
