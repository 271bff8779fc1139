-- Whether a run was not deleted, and whether it is running and its process is the present one. ?1: run. ?2 to ?5: boot,
-- pid namespace, pid and start of the process.
SELECT
    lifecycle = 'active',
    status = 'running' AND boot_id = ?2 AND pid_namespace IS ?3 AND pid = ?4 AND process_started = ?5
FROM runs
WHERE id = ?1
