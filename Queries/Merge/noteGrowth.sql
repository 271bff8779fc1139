-- Notes of which rows of a run only the new ones are copied. ?1: its number in the attached store. ?2: the last step of its
-- variances here, NULL where all are copied. ?3: whether only new values of its metrics are copied.
-- ?4: the last step that is copied.
UPDATE temp.merged_runs SET after_step = ?2, grows_metrics = ?3, through_step = ?4 WHERE source_id = ?1
