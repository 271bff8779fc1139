-- Lets a run go on that counted as killed since its client was not heard of, if that is why. ?1: run. ?2: the key of the tag
-- that says why. ?3: its value. ?4: now.
UPDATE runs
SET status = 'running', ended = NULL, heartbeat = ?4, updated = ?4, run_checksum = NULL
WHERE id = ?1 AND status = 'killed' AND pid IS NULL
    AND EXISTS (SELECT 1 FROM tags WHERE run_id = ?1 AND key = ?2 AND value = ?3)
