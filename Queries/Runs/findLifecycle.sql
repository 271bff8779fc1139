-- Whether a run was deleted. ?1: its number.
SELECT lifecycle FROM runs WHERE id = ?1
