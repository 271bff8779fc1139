-- The last step a run says it has, and whether Varve executed it. ?1: the run's number.
SELECT last_step, configuration IS NOT NULL FROM runs WHERE id = ?1
