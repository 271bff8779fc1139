-- The greatest number that was ever given to a row of a table. ?1: the table.
SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1
