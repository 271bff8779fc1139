-- Copies what runs were given to read from the attached store; what is here already stays. Gives the runs that it changes.
INSERT INTO main.run_inputs (run_id, name, digest, content)
SELECT merged_runs.id, incoming.name, incoming.digest, incoming.content
FROM temp.merged_runs
CROSS JOIN source.run_inputs AS incoming ON incoming.run_id = merged_runs.source_id
WHERE merged_runs.outcome IN ('added', 'updated', 'present')
ON CONFLICT DO NOTHING
RETURNING run_id
