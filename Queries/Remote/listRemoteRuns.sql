-- The numbers of runs, latest start first. ?1: no runs of greater numbers. ?2: at most so many. ?3: behind so many. Joins, a
-- filter, which says of which experiments and lifecycles, and an order take the places of the marks. Where there is one of
-- each, the joins name the index that has the runs in this order.
SELECT runs.id
FROM runs /* joins */
WHERE runs.id <= ?1 AND runs.experiment_id >= 0 /* AND filter */
ORDER BY /* order, */ runs.started DESC, runs.uuid
LIMIT ?2 OFFSET ?3
