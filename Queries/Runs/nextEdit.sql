-- When a change of a run is said to have been made: now, or just after the last one, but for changes at times that cannot
-- be. ?1: run. ?2: now. ?3: the last moment that can be.
SELECT max(?2, coalesce(max(at) + 1, ?2)) FROM edits WHERE run_id = ?1 AND at < ?3
