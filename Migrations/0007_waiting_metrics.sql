-- Values of metrics that wait to be put in place, and an index of the runs of an experiment.

-- Those who know schema 3 read this one: nothing that was there means anything else.
UPDATE schema_migrations SET readable_since = 3 WHERE number = 7;

-- Values of metrics that were recorded and wait to be put into `metrics`, where each metric's lie on pages of their own: of a
-- program that records many metrics often, many commits are put there at once. Empty but for moments; whoever opens the
-- store puts in place what a process that was killed left here.
CREATE TABLE waiting_metrics (
    id       INTEGER PRIMARY KEY,                                       -- In the order in which they came.
    run_id   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,   -- The run.
    rows     BLOB NOT NULL,     -- Of each value `key_id`, `step`, `timestamp` and the bits of the value; int64, little-endian.
    checksum INTEGER NOT NULL                                           -- The exclusive or of the checksums of the values.
) STRICT;

-- The runs of an experiment by their start, so that the latest ones are found without reading all. The condition holds for
-- all of them; only a query that says it too takes the index. SQLite would read it in place of the table for others, and
-- where they ask for no order the runs would no longer come by their numbers.
CREATE INDEX runs_experiment ON runs (experiment_id, lifecycle, started DESC) WHERE experiment_id >= 0;
