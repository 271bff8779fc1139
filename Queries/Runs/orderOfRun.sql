-- The values by which a run stands where it does in an order, which takes the place of the mark. ?1: the run's number.
SELECT /* keys, */ runs.id FROM runs WHERE runs.id = ?1
