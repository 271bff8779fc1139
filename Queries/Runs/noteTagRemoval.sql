-- Notes that a tag was removed from a run that has it. ?1: run. ?2: key. ?3: now.
INSERT INTO tag_removals (run_id, key, removed)
SELECT run_id, key, ?3 FROM tags WHERE run_id = ?1 AND key = ?2
ON CONFLICT (run_id, key) DO UPDATE SET removed = excluded.removed
