-- Puts an experiment away or brings it back. ?1: experiment. ?2: active or deleted. ?3: now.
UPDATE experiments SET lifecycle = ?2, updated = ?3 WHERE id = ?1
