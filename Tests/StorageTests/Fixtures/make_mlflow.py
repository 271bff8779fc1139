"""Makes mlflow-1.30.db, mlflow-2.9.db, mlflow-3.11.db and mlflow-3.17.db, which tests import: stores as these versions of
MLflow write them.

    make_mlflow.py FOLDER

makes a virtual environment for each version in FOLDER, which needs the network, and the stores beside this file. Kept
for the record; the files stay.
"""

import pathlib
import sqlite3
import subprocess
import sys
import venv

VERSIONS = {
    "1.30": ["mlflow-skinny==1.30.1", "sqlalchemy<2", "alembic<1.14", "setuptools<70"],
    "2.9": ["mlflow-skinny==2.9.2", "sqlalchemy<2.1", "alembic", "setuptools<70"],
    "3.11": ["mlflow-skinny==3.11.1", "sqlalchemy<2.2", "alembic"],
    "3.17": ["mlflow-skinny==3.17.2", "sqlalchemy<2.2", "alembic"],
}


def fill(path):
    """Fills a store with the MLflow that is installed: runs of every status, and what an import has to tell apart."""
    from mlflow.entities import Metric, Param, RunTag
    from mlflow.tracking import MlflowClient

    client = MlflowClient(f"sqlite:///{path}")
    depth = client.create_experiment("depth")
    run = client.create_run(depth, start_time=5000, tags={"mlflow.runName": "first", "mlflow.user": "somebody"})
    uuid = run.info.run_id
    nan, infinity = float("nan"), float("inf")
    metrics = [
        Metric("loss", 2.5, 6000, 0), Metric("loss", 2.25, 6001, 1), Metric("loss", 2.0, 6002, 1),
        Metric("loss", nan, 6003, 2), Metric("loss", infinity, 6004, 3), Metric("loss", -infinity, 6005, -1),
        Metric("val/accuracy", 0.5, 6006, 3), Metric("val accuracy", 0.25, 6007, 3),
    ]
    for layer, scale in [("layer1", 1), ("layer2", 2), ("layer10", 4)]:
        metrics += [Metric(f"{layer}.variance", scale * 1.5**step, 6000 + step, step) for step in range(3)]
    params = [Param("seed", "3"), Param("norm", "batch"), Param("lr", "0.10")]
    client.log_batch(uuid, metrics, params, [RunTag("who", "me")])
    client.set_tag(uuid, "mlflow.note.content", "a note")
    for name, more in [("log_inputs", inputs), ("create_logged_model", model)]:
        if hasattr(client, name):
            more(client, depth, uuid)
    client.set_terminated(uuid, "FINISHED", 9000)
    for status, moment in [("FAILED", 5001), ("KILLED", 5002)]:
        other = client.create_run(depth, start_time=moment).info.run_id
        client.log_metric(other, "loss", 1.0, 6000, 0)
        client.set_terminated(other, status, 9001)
    going = client.create_run("0", start_time=5003).info.run_id
    client.log_metric(going, "loss", 1.5, 7000, 0)
    deleted = client.create_run(depth, start_time=5004).info.run_id
    client.set_terminated(deleted, "FINISHED", 9002)
    client.delete_run(deleted)
    gone = client.create_experiment("gone")
    client.delete_experiment(gone)


def inputs(client, experiment, run):
    from mlflow.entities import Dataset, DatasetInput

    client.log_inputs(run, [DatasetInput(Dataset("mnist", "0123abcd", "code", "{}"), [])])


def model(client, experiment, run):
    made = client.create_logged_model(experiment, name="net", source_run_id=run)
    client.finalize_logged_model(made.model_id, "READY")


def main(folder):
    here = pathlib.Path(__file__).resolve().parent
    for version, packages in VERSIONS.items():
        environment = pathlib.Path(folder, version)
        venv.create(environment, with_pip=True)
        python = environment / "bin/python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        file = here / f"mlflow-{version}.db"
        file.unlink(missing_ok=True)
        subprocess.run([python, __file__, "--fill", file], check=True, cwd=folder)
        shrink(file)


def shrink(file):
    """Most tables are empty: a page each of 512 bytes takes an eighth of the room."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA page_size = 512")
    connection.execute("VACUUM")
    connection.close()


if __name__ == "__main__":
    if sys.argv[1] == "--fill":
        fill(sys.argv[2])
    else:
        main(pathlib.Path(sys.argv[1]).resolve())
