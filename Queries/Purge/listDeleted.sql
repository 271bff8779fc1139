-- The deleted runs.
SELECT id FROM runs WHERE lifecycle = 'deleted' ORDER BY id
