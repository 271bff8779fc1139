-- Gives an experiment another name. ?1: experiment. ?2: name. ?3: now.
UPDATE experiments SET name = ?2, updated = ?3 WHERE id = ?1
