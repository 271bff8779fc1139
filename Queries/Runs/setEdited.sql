-- Corrects what a run was called. A run that is said to have ended did so at its last sign of life. ?1: run. ?2: key of its
-- experiment,
-- NULL for the one it has. ?3: name. ?4: architecture. ?5: seed. ?6: status. ?7: now.
UPDATE runs
SET experiment_id = coalesce(?2, experiment_id), name = ?3, architecture = ?4, seed = ?5, status = ?6, updated = ?7,
    ended = CASE WHEN status = 'running' AND ?6 <> 'running' THEN coalesce(ended, heartbeat, started) ELSE ended END
WHERE id = ?1
