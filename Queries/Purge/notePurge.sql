-- Notes that a run is purged, if it is still deleted. ?1: run. ?2: now.
INSERT INTO purges (run, uuid, purged)
SELECT id, uuid, ?2 FROM runs WHERE id = ?1 AND lifecycle = 'deleted'
ON CONFLICT (run) DO NOTHING
