-- Puts the marked runs of an experiment away or brings them back. ?1: experiment. ?2: the tag's key. ?3: active or
-- deleted. ?4: now.
UPDATE runs
SET lifecycle = ?3, updated = ?4
WHERE experiment_id = ?1
    AND lifecycle <> ?3
    AND EXISTS (SELECT 1 FROM tags WHERE tags.run_id = runs.id AND tags.key = ?2)
