-- Takes what the rows of a run became into the checksum of its variances; one that did not fit still does not, and where
-- there is none there is none. ?1: run. ?2 and ?3: the checksum of the rows before and after. SQLite has no exclusive or:
-- it is all bits of either less those of both.
UPDATE runs
SET variances_checksum = (
    SELECT (half | ?3) - (half & ?3)
    FROM (SELECT (runs.variances_checksum | ?2) - (runs.variances_checksum & ?2) AS half)
)
WHERE id = ?1 AND variances_checksum IS NOT NULL
