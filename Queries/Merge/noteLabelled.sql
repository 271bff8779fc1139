-- Notes that labels of a run that is here already were changed. ?1: its number here.
UPDATE temp.merged_runs SET outcome = 'labelled' WHERE id = ?1 AND outcome = 'present'
