-- Copies tensors of runs from the attached store.
INSERT INTO main.tensors (run_id, stage, position, name, shape, dtype, digest)
SELECT
    merged_runs.id, incoming.stage, incoming.position, incoming.name, incoming.shape, incoming.dtype, incoming.digest
FROM temp.merged_runs
CROSS JOIN source.tensors AS incoming ON incoming.run_id = merged_runs.source_id
WHERE merged_runs.outcome IN ('added', 'updated')
