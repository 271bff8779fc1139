-- The numbers of the runs of a lifecycle, oldest first. ?1: active or deleted. A filter takes the place of the mark.
SELECT runs.id FROM runs WHERE runs.lifecycle = ?1 /* AND filter */ ORDER BY runs.id
