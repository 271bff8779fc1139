-- What would otherwise need a walk over all rows: of each run the last step of every layer, and the last, the least and the
-- greatest value of every metric. With it come the columns and tables for edits, tags that were removed, purges, settings,
-- and the machine a run is executed on; and the views say more of each run.

-- Those who know schema 3 read this one: nothing that was there means anything else.
UPDATE schema_migrations SET readable_since = 3 WHERE number = 5;

-- The last step at which a run recorded a layer, kept in the transaction that brings the rows of layer_variances.
CREATE TABLE run_layers (
    run_id    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    layer_id  INTEGER NOT NULL REFERENCES layers (id),
    last_step INTEGER NOT NULL,
    PRIMARY KEY (run_id, layer_id)
) STRICT, WITHOUT ROWID;

-- Of a metric of a run the latest value, which is the greatest of (step, timestamp, value, is_nan) and as in metrics, and
-- the least and the greatest one, each with the first step that has it. Infinities take part, since a loss that became
-- infinite did reach it; NaN has no order and does not, so where there is nothing else these four are NULL. Kept in the
-- transaction that brings the rows of metrics.
CREATE TABLE run_metric_keys (
    run_id        INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    key_id        INTEGER NOT NULL REFERENCES metric_keys (id),
    step          INTEGER NOT NULL,
    timestamp     INTEGER NOT NULL,
    value         REAL NOT NULL,
    is_nan        INTEGER NOT NULL CHECK (is_nan IN (0, 1)),
    least         REAL,
    least_step    INTEGER,
    greatest      REAL,
    greatest_step INTEGER,
    PRIMARY KEY (run_id, key_id)
) STRICT, WITHOUT ROWID;

-- updated: when anything of the run was changed last. machine_id, pid_namespace: with host, boot_id, pid and
-- process_started the process that executes the run. unproven 1: came without checksums, so that a missing one is no damage.
ALTER TABLE runs ADD COLUMN updated INTEGER;
ALTER TABLE runs ADD COLUMN machine_id TEXT;
ALTER TABLE runs ADD COLUMN pid_namespace TEXT;
ALTER TABLE runs ADD COLUMN unproven INTEGER NOT NULL DEFAULT 0 CHECK (unproven IN (0, 1));

-- When the tag was set; NULL: before that was noted.
ALTER TABLE tags ADD COLUMN updated INTEGER;

-- Where the artifacts of an experiment lie that came from another program; shown and never read.
ALTER TABLE experiments ADD COLUMN artifact_location TEXT;

-- Labels of an experiment that may change.
CREATE TABLE experiment_tags (
    experiment_id INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    key           TEXT NOT NULL,
    value         TEXT NOT NULL,
    PRIMARY KEY (experiment_id, key)
) STRICT, WITHOUT ROWID;

-- When a tag was removed from a run, so that merging an older copy of the run does not bring it back.
CREATE TABLE tag_removals (
    run_id  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    key     TEXT NOT NULL,
    removed INTEGER NOT NULL,
    PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;

-- What was changed of a run by hand: a column of runs, or a param as params.KEY; its values before and after.
CREATE TABLE edits (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    at     INTEGER NOT NULL,
    field  TEXT NOT NULL,
    old    ANY,
    new    ANY,
    PRIMARY KEY (run_id, at, field)
) STRICT, WITHOUT ROWID;

-- The runs that were removed for good, under the numbers they had.
CREATE TABLE purges (
    run    INTEGER PRIMARY KEY,
    uuid   TEXT NOT NULL,
    purged INTEGER NOT NULL
) STRICT;

-- What is said of the store as a whole. purges_known_from: the first run number whose purge would stand in purges; of
-- numbers before it nobody knows why they are missing.
CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO settings (key, value)
SELECT 'purges_known_from', 1 + min(9223372036854775806, coalesce(max(seq), 0))
FROM sqlite_sequence
WHERE name = 'runs';

UPDATE runs
SET updated = max(started, coalesce(ended, started), coalesce(heartbeat, started)), unproven = variances_checksum IS NULL;

-- What Varve executes records all layers at once: a seek finds the last step of all of them. Other runs are read whole.
INSERT INTO run_layers (run_id, layer_id, last_step)
SELECT runs.id, layer_variances.layer_id, layer_variances.step
FROM runs
CROSS JOIN layer_variances
WHERE runs.configuration IS NOT NULL
    AND layer_variances.run_id = runs.id
    AND layer_variances.step = (SELECT max(step) FROM layer_variances WHERE run_id = runs.id)
    AND EXISTS (SELECT 1 FROM layers WHERE layers.id = layer_variances.layer_id);

INSERT INTO run_layers (run_id, layer_id, last_step)
SELECT layer_variances.run_id, layer_variances.layer_id, max(layer_variances.step)
FROM runs
CROSS JOIN layer_variances
WHERE runs.configuration IS NULL
    AND layer_variances.run_id = runs.id
    AND EXISTS (SELECT 1 FROM layers WHERE layers.id = layer_variances.layer_id)
GROUP BY layer_variances.run_id, layer_variances.layer_id;

INSERT INTO run_metric_keys (
    run_id, key_id, step, timestamp, value, is_nan, least, least_step, greatest, greatest_step
)
SELECT
    extent.run_id, extent.key_id, last.step, last.timestamp, last.value, last.is_nan,
    extent.least,
    (
        SELECT step FROM metrics
        WHERE run_id = extent.run_id AND key_id = extent.key_id AND value = extent.least AND is_nan = 0
        ORDER BY step LIMIT 1
    ),
    extent.greatest,
    (
        SELECT step FROM metrics
        WHERE run_id = extent.run_id AND key_id = extent.key_id AND value = extent.greatest AND is_nan = 0
        ORDER BY step LIMIT 1
    )
FROM (
    SELECT
        metrics.run_id AS run_id,
        metrics.key_id AS key_id,
        min(CASE metrics.is_nan WHEN 0 THEN metrics.value END) AS least,
        max(CASE metrics.is_nan WHEN 0 THEN metrics.value END) AS greatest
    FROM metrics
    WHERE EXISTS (SELECT 1 FROM runs WHERE runs.id = metrics.run_id)
    GROUP BY metrics.run_id, metrics.key_id
) AS extent
CROSS JOIN metrics AS last
WHERE last.run_id = extent.run_id
    AND last.key_id = extent.key_id
    AND (last.step, last.timestamp, last.value, last.is_nan) = (
        SELECT step, timestamp, value, is_nan
        FROM metrics
        WHERE run_id = extent.run_id AND key_id = extent.key_id
        ORDER BY step DESC, timestamp DESC, value DESC, is_nan DESC
        LIMIT 1
    );

DROP VIEW variances;
DROP VIEW run_metrics;
DROP VIEW run_params;

-- The variances of runs that were not deleted; measure says what each is.
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
    AND layers.id = layer_variances.layer_id
    AND layers.measure NOT IN ('second_moment', 'gradient_second_moment', 'dead_share');

-- All that was measured at the layers of runs that were not deleted, variances and everything else.
CREATE VIEW measures AS
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
    layer_variances.variance AS value
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
    CASE metrics.is_nan WHEN 0 THEN metrics.value END AS value,
    runs.architecture AS architecture,
    runs.seed AS seed,
    experiments.name AS experiment
FROM runs
CROSS JOIN experiments
CROSS JOIN metrics
CROSS JOIN metric_keys
WHERE runs.lifecycle = 'active'
    AND experiments.id = runs.experiment_id
    AND metrics.run_id = runs.id
    AND metric_keys.id = metrics.key_id;

-- The params of runs that were not deleted.
CREATE VIEW run_params AS
SELECT
    runs.id AS run,
    params.key AS key,
    params.value AS value,
    runs.architecture AS architecture,
    runs.seed AS seed,
    experiments.name AS experiment
FROM runs
CROSS JOIN experiments
CROSS JOIN params
WHERE runs.lifecycle = 'active' AND experiments.id = runs.experiment_id AND params.run_id = runs.id;

-- A line for each run that was not deleted, with its start and end also as text, in UTC. The dates are computed with what
-- every SQL has, so that DuckDB reads the view too: a day becomes a date by whole divisions, each of which is
-- round((a + 0.5) / b - 0.5). Fliegel and Van Flandern, A machine algorithm for processing calendar dates (1968).
CREATE VIEW run_list AS
WITH
    days AS (
        SELECT
            *,
            round((started + 0.5) / 86400000 - 0.5) AS started_day,
            round((ended + 0.5) / 86400000 - 0.5) AS ended_day
        FROM runs
        WHERE lifecycle = 'active'
    ),
    centuries AS (
        SELECT
            *,
            round((4 * started_day + 10036628.5) / 146097 - 0.5) AS started_n,
            round((4 * ended_day + 10036628.5) / 146097 - 0.5) AS ended_n
        FROM days
    ),
    rests AS (
        SELECT
            *,
            started_day + 2509157 - round((146097 * started_n + 3.5) / 4 - 0.5) AS started_l,
            ended_day + 2509157 - round((146097 * ended_n + 3.5) / 4 - 0.5) AS ended_l
        FROM centuries
    ),
    years AS (
        SELECT
            *,
            round((4000 * started_l + 4000.5) / 1461001 - 0.5) AS started_i,
            round((4000 * ended_l + 4000.5) / 1461001 - 0.5) AS ended_i
        FROM rests
    ),
    months AS (
        SELECT
            *,
            started_l + 31 - round((1461 * started_i + 0.5) / 4 - 0.5) AS started_d,
            ended_l + 31 - round((1461 * ended_i + 0.5) / 4 - 0.5) AS ended_d
        FROM years
    ),
    dates AS (
        SELECT
            *,
            round((80 * started_d + 0.5) / 2447 - 0.5) AS started_j,
            round((80 * ended_d + 0.5) / 2447 - 0.5) AS ended_j
        FROM months
    ),
    moments AS (
        SELECT
            *,
            round((started_j + 0.5) / 11 - 0.5) AS started_k,
            round((ended_j + 0.5) / 11 - 0.5) AS ended_k,
            started - 86400000 * started_day AS started_s,
            ended - 86400000 * ended_day AS ended_s
        FROM dates
    )
SELECT
    moments.id AS run,
    moments.uuid AS uuid,
    moments.name AS name,
    experiments.name AS experiment,
    moments.architecture AS architecture,
    moments.seed AS seed,
    moments.status AS status,
    moments.steps AS steps,
    moments.last_step AS last_step,
    moments.started AS started,
    moments.ended AS ended,
    CASE
        WHEN moments.started BETWEEN -62135596800000 AND 253402300799999 THEN printf(
            '%04d-%02d-%02d %02d:%02d:%02d',
            CAST(100 * (started_n - 49) + started_i + started_k AS BIGINT),
            CAST(started_j + 2 - 12 * started_k AS BIGINT),
            CAST(started_d - round((2447 * started_j + 0.5) / 80 - 0.5) AS BIGINT),
            CAST(round((started_s + 0.5) / 3600000 - 0.5) AS BIGINT),
            CAST(round((started_s + 0.5) / 60000 - 0.5) AS BIGINT) % 60,
            CAST(round((started_s + 0.5) / 1000 - 0.5) AS BIGINT) % 60
        )
    END AS started_at,
    CASE
        WHEN moments.ended BETWEEN -62135596800000 AND 253402300799999 THEN printf(
            '%04d-%02d-%02d %02d:%02d:%02d',
            CAST(100 * (ended_n - 49) + ended_i + ended_k AS BIGINT),
            CAST(ended_j + 2 - 12 * ended_k AS BIGINT),
            CAST(ended_d - round((2447 * ended_j + 0.5) / 80 - 0.5) AS BIGINT),
            CAST(round((ended_s + 0.5) / 3600000 - 0.5) AS BIGINT),
            CAST(round((ended_s + 0.5) / 60000 - 0.5) AS BIGINT) % 60,
            CAST(round((ended_s + 0.5) / 1000 - 0.5) AS BIGINT) % 60
        )
    END AS ended_at,
    tags.value AS note
FROM moments
CROSS JOIN experiments
LEFT JOIN tags ON tags.run_id = moments.id AND tags.key = 'note'
WHERE experiments.id = moments.experiment_id;
