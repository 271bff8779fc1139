-- Sets a tag of a run. ?1: run. ?2: key. ?3: value. ?4: now.
INSERT INTO tags (run_id, key, value, updated) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, updated = excluded.updated
