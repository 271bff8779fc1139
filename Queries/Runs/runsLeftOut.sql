-- The runs that one side of a comparison leaves out since they are deleted or did not finish, newest first. A filter takes
-- the place of the mark.
SELECT runs.id, runs.seed, runs.status, runs.lifecycle
FROM runs
WHERE (runs.lifecycle <> 'active' OR runs.status <> 'finished') /* AND filter */
ORDER BY runs.id DESC
