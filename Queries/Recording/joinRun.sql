-- Adds what a program says of itself to a run that was begun for it. ?1: the run's number. ?2 and ?3: name and architecture,
-- where the run has none. ?4: the environment, or NULL for the one it has. ?5: now.
UPDATE runs
SET name = coalesce(name, ?2), architecture = coalesce(architecture, ?3), environment_id = coalesce(?4, environment_id),
    updated = ?5
WHERE id = ?1
