-- Puts a run away or brings it back. ?1: run. ?2: active or deleted. ?3: now.
UPDATE runs SET lifecycle = ?2, updated = ?3 WHERE id = ?1 AND lifecycle <> ?2
