"""A store as MLflow 3 makes it, with the tables and columns that an import reads."""

import sqlite3

SCHEMA = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
CREATE TABLE experiments (
    experiment_id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(256) NOT NULL, artifact_location VARCHAR(256),
    lifecycle_stage VARCHAR(32), creation_time BIGINT, last_update_time BIGINT,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL, UNIQUE (workspace, name)
);
CREATE TABLE runs (
    run_uuid VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(250), status VARCHAR(9), start_time BIGINT,
    end_time BIGINT, lifecycle_stage VARCHAR(20), experiment_id INTEGER, deleted_time BIGINT
);
CREATE TABLE metrics (
    key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL, run_uuid VARCHAR(32) NOT NULL,
    step BIGINT DEFAULT '0' NOT NULL, is_nan BOOLEAN DEFAULT '0' NOT NULL,
    PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan)
);
CREATE TABLE latest_metrics (
    key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT, step BIGINT NOT NULL,
    is_nan BOOLEAN NOT NULL, run_uuid VARCHAR(32) NOT NULL, PRIMARY KEY (key, run_uuid)
);
CREATE TABLE params (
    key VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL, run_uuid VARCHAR(32) NOT NULL, PRIMARY KEY (key, run_uuid)
);
CREATE TABLE tags (
    key VARCHAR(250) NOT NULL, value VARCHAR(8000), run_uuid VARCHAR(32) NOT NULL, PRIMARY KEY (key, run_uuid)
);
INSERT INTO experiments VALUES (0, 'Default', '', 'active', 1000, 1000, 'default');
"""


def make(path, runs, steps):
    """Makes a file with runs that have a loss and two layers at each step."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    for run in range(runs):
        uuid = f"{run:032x}"
        connection.execute(
            "INSERT INTO runs VALUES (?, ?, 'FINISHED', ?, ?, 'active', 0, NULL)", [uuid, f"run {run}", run, run + 1]
        )
        connection.execute("INSERT INTO params VALUES ('lr', '0.1', ?)", [uuid])
        rows = [
            (key, run + step / 8, step, uuid, step, 0)
            for step in range(steps)
            for key in ("loss", "layer1.variance", "layer2.variance")
        ]
        connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
