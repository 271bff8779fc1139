-- The views again, with conditions where every SQL has them: DuckDB reads them too, which knows no CROSS JOIN … ON. The
-- order of the tables stays as it is written.

-- Those who know schema 3 read this one.
UPDATE schema_migrations SET readable_since = 3 WHERE number = 4;

DROP VIEW variances;
DROP VIEW run_metrics;
DROP VIEW run_params;

-- The variances of runs that were not deleted.
CREATE VIEW variances AS
SELECT
    runs.id AS run,
    runs.uuid AS uuid,
    experiments.name AS experiment,
    runs.architecture AS architecture,
    runs.seed AS seed,
    runs.started AS started,
    layer_variances.step AS step,
    layers.name AS layer,
    layers.position AS position,
    layers.measure AS measure,
    layers.after_norm AS after_norm,
    layer_variances.variance AS variance
FROM runs
CROSS JOIN experiments
CROSS JOIN layer_variances
CROSS JOIN layers
WHERE runs.lifecycle = 'active'
    AND experiments.id = runs.experiment_id
    AND layer_variances.run_id = runs.id
    AND layers.id = layer_variances.layer_id;

-- The metrics of runs that were not deleted; NaN reads as NULL.
CREATE VIEW run_metrics AS
SELECT
    runs.id AS run,
    metric_keys.key AS key,
    metrics.step AS step,
    metrics.timestamp AS timestamp,
    CASE metrics.is_nan WHEN 0 THEN metrics.value END AS value
FROM runs
CROSS JOIN metrics
CROSS JOIN metric_keys
WHERE runs.lifecycle = 'active'
    AND metrics.run_id = runs.id
    AND metric_keys.id = metrics.key_id;

-- The params of runs that were not deleted.
CREATE VIEW run_params AS
SELECT runs.id AS run, params.key AS key, params.value AS value
FROM runs
CROSS JOIN params
WHERE runs.lifecycle = 'active' AND params.run_id = runs.id;
