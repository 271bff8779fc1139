-- The numbers of runs of experiments, latest start first. ?1: the ids of the experiments, a JSON list. ?2: the lifecycles, a
-- JSON list. ?3: no runs of greater numbers. ?4: at most so many. ?5: behind so many. A filter and an order take the places of
-- the marks. The latest numbers come first, so that of many runs few are ever among the first; the LIMIT keeps it so.
SELECT id
FROM (
    SELECT id, uuid, experiment_id, name, status, started, ended
    FROM runs
    WHERE experiment_id IN (SELECT value FROM json_each(?1))
        AND lifecycle IN (SELECT value FROM json_each(?2))
        AND id <= ?3 /* AND filter */
    ORDER BY id DESC
    LIMIT -1
) AS runs
ORDER BY /* order, */ started DESC, uuid
LIMIT ?4 OFFSET ?5
