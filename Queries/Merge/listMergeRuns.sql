-- The runs of the attached store in their order, each with the run of its uuid in this store, if there is one, and with the
-- number of one that was purged here after the last change there. ?1 and ?2: the numbers to look at.
SELECT
    theirs.id, theirs.uuid, runs.id,
    CASE WHEN runs.id IS NULL AND theirs.uuid IN (SELECT uuid FROM main.purges)
        THEN (SELECT max(run) FROM main.purges WHERE uuid = theirs.uuid AND purged >= coalesce(theirs.updated, 0))
    END
FROM source.runs AS theirs
LEFT JOIN main.runs ON runs.uuid = theirs.uuid
WHERE theirs.id BETWEEN ?1 AND ?2
ORDER BY theirs.id
