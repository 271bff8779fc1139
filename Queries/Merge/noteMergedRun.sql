-- Notes what becomes of a run of the attached store. ?1: its number there. ?2: its number here. ?3: the outcome.
INSERT INTO temp.merged_runs (source_id, id, outcome) VALUES (?1, ?2, ?3)
