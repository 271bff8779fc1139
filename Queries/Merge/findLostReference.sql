-- A run of the attached store whose dataset or environment is missing there. ?1 and ?2: the numbers to look at.
SELECT theirs.id
FROM source.runs AS theirs
LEFT JOIN source.datasets ON datasets.id = theirs.dataset_id
LEFT JOIN source.environments ON environments.id = theirs.environment_id
WHERE theirs.id BETWEEN ?1 AND ?2 AND (
    (theirs.dataset_id IS NOT NULL AND datasets.id IS NULL)
    OR (theirs.environment_id IS NOT NULL AND environments.id IS NULL)
)
LIMIT 1
