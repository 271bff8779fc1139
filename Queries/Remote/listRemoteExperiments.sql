-- Experiments; the columns of findRemoteExperiment. ?1: the lifecycles, a JSON list. ?2: at most so many. ?3: behind so many. A
-- filter and an order take the places of the marks.
SELECT id, name, lifecycle, created, updated, artifact_location
FROM experiments
WHERE lifecycle IN (SELECT value FROM json_each(?1)) /* AND filter */
ORDER BY /* order, */ id
LIMIT ?2 OFFSET ?3
