-- The numbers of the runs of a name, active ones first; a few are enough to say that a name is not unique. ?1: the name.
SELECT id, lifecycle FROM runs WHERE name = ?1 ORDER BY lifecycle, id LIMIT 5
