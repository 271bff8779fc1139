-- The deleted runs that no process works on any more.
SELECT id FROM runs WHERE lifecycle = 'deleted' AND status <> 'running' ORDER BY id
