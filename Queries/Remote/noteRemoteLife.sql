-- Notes that something of a run was changed, and that its client lives. ?1: run. ?2: now.
UPDATE runs SET updated = ?2, heartbeat = iif(status = 'running', ?2, heartbeat) WHERE id = ?1
