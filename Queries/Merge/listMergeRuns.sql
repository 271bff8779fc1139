-- The runs of the attached store in their order, each with the run of its uuid in this store, if there is one.
SELECT theirs.id, theirs.uuid, runs.id
FROM source.runs AS theirs
LEFT JOIN main.runs ON runs.uuid = theirs.uuid
ORDER BY theirs.id
