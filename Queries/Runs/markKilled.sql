-- Notes that the process of a run has died; its last sign of life is when it ended. ?1: the run's number.
UPDATE runs SET status = 'killed', ended = coalesce(heartbeat, started) WHERE id = ?1 AND status = 'running'
