-- When a change of a run is said to have been made: now, or just after the last one. ?1: run. ?2: now.
SELECT max(?2, coalesce(max(at) + 1, ?2)) FROM edits WHERE run_id = ?1
