-- How far a run has come: its last step, and its steps. ?1: run.
SELECT last_step, steps FROM runs WHERE id = ?1
