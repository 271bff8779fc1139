-- Gives a run its architecture. ?1: run. ?2: architecture. ?3: whether it takes the place of another one.
UPDATE runs SET architecture = ?2 WHERE id = ?1 AND (?3 OR architecture IS NULL)
