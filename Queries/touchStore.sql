-- Writes a row as it is, so that there is something to commit.
UPDATE experiments SET updated = updated WHERE id = 0
