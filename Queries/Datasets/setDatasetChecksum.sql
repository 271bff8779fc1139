-- Puts its checksum under the row of a dataset. ?1: dataset. ?2: the checksum.
UPDATE datasets SET checksum = ?2 WHERE id = ?1
