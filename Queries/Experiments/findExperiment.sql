-- The experiment of a name, also a deleted one. ?1: name.
SELECT id, lifecycle FROM experiments WHERE name = ?1
