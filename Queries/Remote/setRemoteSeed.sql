-- Gives a run its seed. ?1: run. ?2: seed. ?3: whether it takes the place of another one.
UPDATE runs SET seed = ?2 WHERE id = ?1 AND (?3 OR seed IS NULL)
