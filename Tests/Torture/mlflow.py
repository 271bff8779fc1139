"""A store as MLflow 3 makes it, with the tables and columns that an import reads."""

import pathlib
import sqlite3

SCHEMA = pathlib.Path(__file__).parent.parent / "StorageTests/Fixtures/mlflow.sql"


def make(path, runs, steps):
    """Makes a file with runs that have a loss and two layers at each step."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA.read_text())
    connection.execute("INSERT INTO experiments VALUES (0, 'Default', '', 'active', 1000, 1000, 'default')")
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
