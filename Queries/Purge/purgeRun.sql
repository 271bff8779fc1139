-- Removes the row of a run, if it is still deleted. ?1: run.
DELETE FROM runs WHERE id = ?1 AND lifecycle = 'deleted'
