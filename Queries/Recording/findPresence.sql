-- Whether a run was not deleted, and whether it is running and its process is the present one. ?1: run. ?2 to ?4: boot, pid
-- and start of the process.
SELECT lifecycle = 'active', status = 'running' AND boot_id = ?2 AND pid = ?3 AND process_started = ?4
FROM runs
WHERE id = ?1
