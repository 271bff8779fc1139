-- Sets a tag of a run. ?1: run. ?2: key. ?3: value.
INSERT INTO tags (run_id, key, value) VALUES (?1, ?2, ?3) ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value
