-- How many params two copies of a run have, and how many of them are equal; those that were edited by hand do not count.
-- ?1: the run's number in the attached store. ?2: its number here.
WITH edited AS (
    SELECT field FROM source.edits WHERE run_id = ?1
    UNION
    SELECT field FROM main.edits WHERE run_id = ?2
)
SELECT
    (SELECT count(*) FROM source.params WHERE run_id = ?1 AND 'params.' || key NOT IN edited),
    (SELECT count(*) FROM main.params WHERE run_id = ?2 AND 'params.' || key NOT IN edited),
    (
        SELECT count(*)
        FROM source.params AS incoming
        CROSS JOIN main.params ON params.run_id = ?2 AND params.key = incoming.key AND params.value IS incoming.value
        WHERE incoming.run_id = ?1 AND 'params.' || incoming.key NOT IN edited
    )
