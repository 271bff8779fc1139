-- Notes that the process of a run has died; its last sign of life is when it ended. ?1: the run's number. ?2: now.
UPDATE runs SET status = 'killed', ended = coalesce(heartbeat, started), updated = ?2 WHERE id = ?1 AND status = 'running'
