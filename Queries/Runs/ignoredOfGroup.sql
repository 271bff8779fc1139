-- What the finished runs of one side of a comparison say of keys that do not count. A filter takes the place of the mark.
SELECT DISTINCT tags.value
FROM runs
CROSS JOIN tags ON tags.run_id = runs.id AND tags.key = 'varve.ignore'
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
