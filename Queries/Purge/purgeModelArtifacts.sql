-- Removes the files of models that no run logged and that are gone, and gives the digests of those that are files.
DELETE FROM artifacts
WHERE run_id = 0
    AND substr(path, 1, instr(substr(path, 8), '/') + 6) NOT IN (SELECT 'models/' || logged_models.id FROM logged_models)
RETURNING iif(place = 'file', digest, NULL)
