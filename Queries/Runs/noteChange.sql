-- Notes that something of a run was changed. ?1: run. ?2: now.
UPDATE runs SET updated = ?2 WHERE id = ?1
