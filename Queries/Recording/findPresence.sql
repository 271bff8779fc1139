-- Whether a run is there and was not deleted. ?1: run.
SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?1 AND lifecycle = 'active')
