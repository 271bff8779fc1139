-- Notes the greatest recorded step of a run and that its process lives. ?1: run. ?2: step. ?3: now.
UPDATE runs SET last_step = max(coalesce(last_step, ?2), ?2), heartbeat = ?3 WHERE id = ?1
