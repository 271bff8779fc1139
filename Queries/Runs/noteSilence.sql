-- Notes of a run without a process that its client was not heard of any more. ?1: run. ?2: the tag's key. ?3: its value. ?4: now.
INSERT INTO tags (run_id, key, value, updated)
SELECT id, ?2, ?3, ?4 FROM runs WHERE id = ?1 AND pid IS NULL
ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, updated = excluded.updated
