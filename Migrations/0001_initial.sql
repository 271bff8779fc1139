-- The first schema of a Varve store. Names of tables, views and columns are a contract with people and scripts.
-- Times are milliseconds since 1970 (UTC); digests are SHA-256 in lower-case hexadecimal.

-- A named group of runs. Id 0 is Default; ids are never given twice.
CREATE TABLE experiments (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT NOT NULL UNIQUE,
    lifecycle TEXT NOT NULL DEFAULT 'active' CHECK (lifecycle IN ('active', 'deleted')),
    created   INTEGER NOT NULL,
    updated   INTEGER NOT NULL
) STRICT;

INSERT INTO experiments (id, name, created, updated)
SELECT 0, 'Default', moment, moment
FROM (SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) AS moment);

-- Labelled examples, stored once by content. source is JSON: how they were generated, or the file they came from.
CREATE TABLE datasets (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    digest   TEXT NOT NULL UNIQUE,
    source   TEXT NOT NULL,
    features INTEGER NOT NULL,
    classes  INTEGER NOT NULL,
    created  INTEGER NOT NULL
) STRICT;

-- inputs: float32, little-endian, one row of features after the other. labels: int64, little-endian.
CREATE TABLE dataset_splits (
    dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    split      TEXT NOT NULL CHECK (split IN ('train', 'validation')),
    examples   INTEGER NOT NULL,
    inputs     BLOB NOT NULL,
    labels     BLOB NOT NULL,
    UNIQUE (dataset_id, split)
) STRICT;

-- What a run was executed with besides its params: versions, machine, git commit. content is JSON.
CREATE TABLE environments (
    id      INTEGER PRIMARY KEY,
    digest  TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL
) STRICT;

-- One execution. What a run logged by another program does not know is NULL.
-- steps: updates done. last_step: the greatest step recorded, set in the transaction that brings its rows.
-- host, boot_id, pid, process_started and heartbeat tell whether the process of a running run still lives.
CREATE TABLE runs (
    id                     INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid                   TEXT NOT NULL UNIQUE,
    experiment_id          INTEGER NOT NULL REFERENCES experiments (id),
    dataset_id             INTEGER REFERENCES datasets (id),
    name                   TEXT,
    architecture           TEXT,
    seed                   INTEGER,
    status                 TEXT NOT NULL,
    lifecycle              TEXT NOT NULL DEFAULT 'active' CHECK (lifecycle IN ('active', 'deleted')),
    started                INTEGER NOT NULL,
    ended                  INTEGER,
    steps                  INTEGER NOT NULL DEFAULT 0,
    last_step              INTEGER,
    configuration          TEXT,
    configuration_digest   TEXT,
    initial_weights_digest TEXT,
    batch_order_digest     TEXT,
    final_weights_digest   TEXT,
    numerics               INTEGER,
    environment_id         INTEGER REFERENCES environments (id),
    host                   TEXT,
    boot_id                TEXT,
    pid                    INTEGER,
    process_started        INTEGER,
    heartbeat              INTEGER
) STRICT;

-- Few rows at any time: the runs whose processes have to be looked for.
CREATE INDEX runs_running ON runs (id) WHERE status = 'running';

-- Given once, before the run; the value keeps its type.
CREATE TABLE params (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    key    TEXT NOT NULL,
    value  ANY,
    PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;

-- Labels that may change. A note is the tag 'note'.
CREATE TABLE tags (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    key    TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;

-- The places at which variances are measured. measure says what the number is: 'population_mean' is the population
-- variance (divisor N) of a hidden unit over the batch, averaged over the layer's units, in training mode, before the
-- step's update. after_norm: 1 behind a normalisation.
CREATE TABLE layers (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL,
    position   INTEGER NOT NULL,
    measure    TEXT NOT NULL,
    after_norm INTEGER NOT NULL CHECK (after_norm IN (0, 1)),
    UNIQUE (name, short_name, position, measure, after_norm)
) STRICT;

-- The big one. NULL is NaN; infinities stay; a missing row was not recorded. No foreign keys here: they take a third of
-- the recording rate, and only the recorder writes this table.
CREATE TABLE layer_variances (
    run_id   INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    layer_id INTEGER NOT NULL,
    variance REAL,
    PRIMARY KEY (run_id, step, layer_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_keys (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
) STRICT;

-- Scalars by step. All columns are the key: a step may repeat, an exact repeat is dropped. is_nan 1: value is NaN.
CREATE TABLE metrics (
    run_id    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    key_id    INTEGER NOT NULL REFERENCES metric_keys (id),
    step      INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    value     REAL NOT NULL,
    is_nan    INTEGER NOT NULL DEFAULT 0 CHECK (is_nan IN (0, 1)),
    PRIMARY KEY (run_id, key_id, step, timestamp, value, is_nan)
) STRICT, WITHOUT ROWID;

-- Bytes stored once by content; the rows of tensors share them.
CREATE TABLE blobs (
    digest TEXT NOT NULL PRIMARY KEY,
    bytes  BLOB NOT NULL
) STRICT;

-- Weights of a run, named and ordered as in PyTorch's state_dict. shape is JSON, dtype F32 or I64.
CREATE TABLE tensors (
    run_id   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    stage    TEXT NOT NULL CHECK (stage IN ('initial', 'final')),
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    shape    TEXT NOT NULL,
    dtype    TEXT NOT NULL,
    digest   TEXT NOT NULL REFERENCES blobs (digest),
    PRIMARY KEY (run_id, stage, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX tensors_digest ON tensors (digest);

-- The variances of runs that were not deleted. The joins are fixed (CROSS JOIN) so that every question reaches
-- layer_variances by its primary key.
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
CROSS JOIN experiments ON experiments.id = runs.experiment_id
CROSS JOIN layer_variances ON layer_variances.run_id = runs.id
CROSS JOIN layers ON layers.id = layer_variances.layer_id
WHERE runs.lifecycle = 'active';

-- The metrics of runs that were not deleted; NaN reads as NULL.
CREATE VIEW run_metrics AS
SELECT
    runs.id AS run,
    metric_keys.key AS key,
    metrics.step AS step,
    metrics.timestamp AS timestamp,
    CASE metrics.is_nan WHEN 0 THEN metrics.value END AS value
FROM runs
CROSS JOIN metrics ON metrics.run_id = runs.id
CROSS JOIN metric_keys ON metric_keys.id = metrics.key_id
WHERE runs.lifecycle = 'active';

-- The params of runs that were not deleted.
CREATE VIEW run_params AS
SELECT runs.id AS run, params.key AS key, params.value AS value
FROM runs
CROSS JOIN params ON params.run_id = runs.id
WHERE runs.lifecycle = 'active';
