-- Takes the seed and the architecture of runs from params. ?1: the key of the seed, which counts where it is a whole
-- number. ?2: the key of the architecture. Either may be NULL.
UPDATE main.runs
SET
    seed = (
        SELECT CAST(value AS INTEGER) FROM main.params
        WHERE run_id = runs.id AND key = ?1 AND CAST(CAST(value AS INTEGER) AS TEXT) = value
    ),
    architecture = (SELECT CAST(value AS TEXT) FROM main.params WHERE run_id = runs.id AND key = ?2)
