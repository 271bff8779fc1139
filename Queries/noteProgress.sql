-- Notes the greatest recorded step of a run and that its process lives. ?1: run. ?2: step, NULL before the first. ?3: now.
UPDATE runs SET last_step = coalesce(?2, last_step), heartbeat = ?3 WHERE id = ?1
