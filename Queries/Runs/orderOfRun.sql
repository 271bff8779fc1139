-- The values by which a run has its place in an order, which takes the place of the mark. ?1: the run's number.
SELECT /* keys, */ runs.id FROM runs WHERE runs.id = ?1
