-- Gives a run another name. ?1: run. ?2: name, NULL for none. ?3: now.
UPDATE runs SET name = ?2, updated = ?3 WHERE id = ?1
