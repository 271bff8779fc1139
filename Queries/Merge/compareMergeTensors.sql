-- How many tensors two copies of a run have, and how many of them are equal. ?1: the run's number in the attached store.
-- ?2: its number here.
SELECT
    (SELECT count(*) FROM source.tensors WHERE run_id = ?1),
    (SELECT count(*) FROM main.tensors WHERE run_id = ?2),
    (
        SELECT count(*)
        FROM source.tensors AS incoming
        CROSS JOIN main.tensors AS known
            ON known.run_id = ?2 AND known.stage = incoming.stage AND known.position = incoming.position
        WHERE incoming.run_id = ?1 AND known.name = incoming.name AND known.shape = incoming.shape
            AND known.dtype = incoming.dtype AND known.digest = incoming.digest
    )
