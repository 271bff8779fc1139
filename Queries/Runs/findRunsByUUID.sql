-- The numbers of the runs whose uuid lies in a range; a few are enough to say that a prefix is not unique.
-- ?1: the prefix. ?2: the first text after all that begin with it.
SELECT id FROM runs WHERE uuid >= ?1 AND uuid < ?2 ORDER BY id LIMIT 5
