-- Notes what becomes of a run of the attached store. ?1: its number there. ?2: its number here. ?3: the outcome. ?4: in
-- what it differs, where that keeps it out.
INSERT INTO temp.merged_runs (source_id, id, outcome, difference, architecture, seed, was_deleted)
SELECT ?1, ?2, ?3, ?4, runs.architecture, runs.seed, runs.lifecycle = 'deleted'
FROM (SELECT 1)
LEFT JOIN main.runs ON runs.id = ?2
