-- Files that belong to runs, what runs were given to read, and the models that they logged.

-- Those who know schema 3 read this one: nothing that was there means anything else.
UPDATE schema_migrations SET readable_since = 3 WHERE number = 6;

-- Files that belong to runs. What is larger than 1 MiB lies beside the store, as a file named by its digest in the folder
-- that is named like the store with '.artifacts' behind it.
CREATE TABLE artifacts (
    run_id  INTEGER NOT NULL,                                 -- The run. 0: a file of a logged model that no run logged.
    path    TEXT NOT NULL,                                    -- Where it is in the run, as `plots/loss.png`.
    digest  TEXT NOT NULL,                                    -- The content: in `blobs`, or the name of the file.
    size    INTEGER NOT NULL,                                 -- In bytes.
    mime    TEXT NOT NULL,                                    -- What it is, as `image/png`.
    place   TEXT NOT NULL CHECK (place IN ('blob', 'file')),  -- `blob`: in `blobs`. `file`: beside the store.
    updated INTEGER NOT NULL,                                 -- When it was put there.
    PRIMARY KEY (run_id, path)
) STRICT, WITHOUT ROWID;

-- The data sets that a run was given to read, as another program names them.
CREATE TABLE run_inputs (
    run_id  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,                                    -- The data set's name.
    digest  TEXT NOT NULL,                                    -- What the program calls its digest.
    content TEXT NOT NULL,                                    -- JSON: what else was said of it.
    PRIMARY KEY (run_id, name, digest)
) STRICT, WITHOUT ROWID;

-- Models that were logged. Their files are artifacts, under `models/` and the model's id.
CREATE TABLE logged_models (
    id            TEXT NOT NULL PRIMARY KEY,                  -- `m-` and 32 hexadecimal digits.
    run_id        INTEGER REFERENCES runs (id) ON DELETE CASCADE,          -- The run that logged it; NULL: none.
    experiment_id INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,  -- The experiment.
    created       INTEGER NOT NULL,                           -- When it was logged.
    updated       INTEGER NOT NULL,                           -- When anything of it was changed last.
    content       TEXT NOT NULL                               -- JSON: name, status, params, tags and metrics.
) STRICT;

CREATE INDEX logged_models_run ON logged_models (run_id);
CREATE INDEX logged_models_experiment ON logged_models (experiment_id);
