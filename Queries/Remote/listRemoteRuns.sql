-- The numbers of runs of experiments, latest start first. ?1: the ids of the experiments, a JSON list. ?2: the lifecycles, a
-- JSON list. ?3: no runs of greater numbers. ?4: at most so many. ?5: behind so many. Joins, a filter and an order take the
-- places of the marks. The filter names the experiment and the lifecycle once more where there is one of each, and the joins
-- the index, which has the runs in this order.
SELECT runs.id
FROM runs /* joins */
WHERE runs.experiment_id IN (SELECT value FROM json_each(?1))
    AND runs.experiment_id >= 0
    AND runs.lifecycle IN (SELECT value FROM json_each(?2))
    AND runs.id <= ?3 /* AND filter */
ORDER BY /* order, */ runs.started DESC, runs.uuid
LIMIT ?4 OFFSET ?5
