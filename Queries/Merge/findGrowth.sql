-- What tells whether a run has only grown: the checksums of its variances and metrics there and here, and the last step of
-- its variances here. ?1: its number in the attached store. ?2: its number here.
SELECT
    incoming.variances_checksum, (SELECT variances_checksum FROM main.runs WHERE id = ?2),
    incoming.metrics_checksum, (SELECT metrics_checksum FROM main.runs WHERE id = ?2),
    coalesce((SELECT max(last_step) FROM main.run_layers WHERE run_id = ?2), -9223372036854775808)
FROM source.runs AS incoming
WHERE incoming.id = ?1
