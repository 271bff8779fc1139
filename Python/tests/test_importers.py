"""Runs of other trackers, written by the trackers themselves."""

import csv
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import varve
from varve import importers


def elsewhere(text, folder):
    """Run a program that another tracker records, away from the environment of these tests."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("VARVE", "WANDB", "MLFLOW"))}
    command = [sys.executable, "-c", textwrap.dedent(text)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_tensorboard(store, tmp_path):
    pytest.importorskip("tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    for name in ("plain", "batch"):
        writer = SummaryWriter(tmp_path / "logs" / name)
        for step in range(2000):
            writer.add_scalar("loss", step * 0.5, step, walltime=1_700_000_000 + step)
        writer.add_scalar("acc", float("nan"), 7)
        writer.add_histogram("weights", np.array([1.0, 2.0]), 0)
        writer.add_scalar("new/style", 3.5, 2, new_style=True)
        writer.close()
    writer = SummaryWriter(tmp_path / "logs" / "hparams")
    writer.add_hparams({"lr": 0.1, "kind": "sgd"}, {"hparam/final": 0.5}, run_name=".")
    writer.close()
    SummaryWriter(tmp_path / "logs" / "nothing").close()
    numbers = importers.tensorboard(tmp_path / "logs", experiment="tb")
    shown = {store.show(number)["name"]: store.show(number) for number in numbers}
    assert set(shown) == {"plain", "batch", "hparams"} and len(numbers) == 3
    number = shown["plain"]["run"]
    assert store.metrics(number)["loss"] == [(step, step * 0.5) for step in range(2000)]
    assert store.metrics(number)["new/style"] == [(2, 3.5)] and store.metrics(number)["acc"] == [(7, None)]
    assert shown["plain"]["status"] == "finished" and shown["plain"]["experiment"] == "tb"
    assert shown["plain"]["started"] == 1_700_000_000_000
    assert shown["hparams"]["params"] == {"lr": 0.1, "kind": "sgd"}
    with pytest.raises(varve.VarveError, match="neither scalars nor hyperparameters"):
        importers.tensorboard(tmp_path / "logs" / "nothing")
    with pytest.raises(varve.VarveError, match="no event files"):
        importers.tensorboard(tmp_path / "elsewhere")


def test_wandb(store, tmp_path):
    pytest.importorskip("wandb")
    elsewhere(
        """
        import wandb
        for seed in (0, 1):
            run = wandb.init(project="shapes", mode="offline", name=f"run-{seed}", tags=["x"], notes="a note",
                             config={"seed": seed, "lr": 0.1, "nested": {"a": [1, 2]}})
            for step in range(20):
                run.log({"loss": step * 0.5, "part": {"a": 1.0}, "text": "no"})
            run.log({"late": float("nan")}, step=30)
            run.summary["best"] = 0.25
            run.finish(exit_code=seed)
        """,
        tmp_path,
    )
    numbers = importers.wandb(tmp_path / "wandb")
    assert len(numbers) == 2
    runs = sorted((store.show(number) for number in numbers), key=lambda run: run["seed"])
    assert [run["status"] for run in runs] == ["finished", "failed"]
    assert runs[0]["experiment"] == "shapes" and runs[0]["name"] == "run-0" and runs[0]["tags"]["note"] == "a note"
    assert runs[0]["params"] == {"seed": 0, "lr": 0.1, "nested.a": "[1, 2]"}
    metrics = store.metrics(runs[0]["run"])
    assert metrics["loss"] == [(step, step * 0.5) for step in range(20)]
    assert metrics["part.a"] == [(step, 1.0) for step in range(20)]
    assert metrics["late"] == [(30, None)] and metrics["best"] == [(0, 0.25)]
    assert "text" not in metrics


def test_wandb_of_which_nothing_was_written(store, tmp_path):
    pytest.importorskip("wandb")
    (tmp_path / "run-abc.wandb").write_bytes(b":W&B\xe1\xbe\x00")
    with pytest.raises(varve.VarveError, match="written nothing of these runs: run-abc.wandb"):
        importers.wandb(tmp_path)
    (tmp_path / "run-other.wandb").write_bytes(b"no log")
    with pytest.raises(varve.VarveError, match="no log of W&B"):
        importers.wandb(tmp_path)


def test_mlflow_files(store, tmp_path):
    pytest.importorskip("mlflow")
    elsewhere(
        """
        import os
        os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
        import mlflow
        mlflow.set_tracking_uri("file:" + os.getcwd() + "/mlruns")
        mlflow.set_experiment("shapes")
        with mlflow.start_run(run_name="first", description="a note") as run:
            mlflow.log_params({"lr": 0.1, "seed": 3, "kind": "sgd"})
            for step in range(20):
                mlflow.log_metric("loss", step * 0.5, step=step)
            mlflow.log_metric("odd", float("inf"), step=-2)
            mlflow.set_tag("who", "me")
        try:
            with mlflow.start_run(run_name="second"):
                mlflow.log_metric("loss", 1.0)
                raise ValueError
        except ValueError:
            pass
        """,
        tmp_path,
    )
    numbers = importers.mlflow_files(tmp_path / "mlruns")
    first, second = (store.show(number) for number in numbers)
    assert (first["name"], first["experiment"], first["status"], first["seed"]) == ("first", "shapes", "finished", 3)
    assert first["params"] == {"lr": 0.1, "seed": 3, "kind": "sgd"}
    assert first["tags"]["who"] == "me" and first["tags"]["note"] == "a note"
    assert store.metrics(numbers[0])["loss"] == [(step, step * 0.5) for step in range(20)]
    assert first["metrics"]["odd"] == "Infinity" and second["status"] == "failed"


def test_csv_of_lightning(store, tmp_path):
    pytest.importorskip("lightning.pytorch")
    from lightning.pytorch.loggers import CSVLogger

    logger = CSVLogger(tmp_path, name="shapes")
    logger.log_hyperparams({"lr": 0.1, "model": {"width": 5}})
    for step in range(5):
        logger.log_metrics({"loss": step * 0.5}, step)
        if step % 2:
            logger.log_metrics({"acc": 0.25}, step)
    logger.save()
    (number,) = importers.csv(os.path.join(logger.log_dir, "metrics.csv"))
    shown = store.show(number)
    assert shown["experiment"] == "shapes" and shown["name"] == "version_0"
    assert shown["params"] == {"lr": 0.1, "model.width": 5}
    assert store.metrics(number) == {
        "loss": [(step, step * 0.5) for step in range(5)], "acc": [(1, 0.25), (3, 0.25)],
    }


def test_csv_of_anyone(store, tmp_path):
    file = tmp_path / "log.csv"
    with open(file, "w", newline="") as target:
        writer = csv.writer(target)
        writer.writerows([["epoch", "loss", "note"], ["0", "0.5", "a"], ["1.0", "nan", "b"], ["", "9", ""], ["2", "", "c"]])
    (number,) = importers.csv(file, step="epoch", experiment="e", name="n", params={"lr": 1})
    assert store.metrics(number) == {"loss": [(0, 0.5), (1, None)]}
    with pytest.raises(varve.VarveError, match="no column 'step': it has 'epoch', 'loss', 'note'"):
        importers.csv(file)
    for content, reason in {
        b"step,loss\n": "no row with a step and a number", "step,l\u00f6ss\n1,2\n".encode("latin-1"): "CSV in UTF-8",
        b"step,loss\n1.5,2\n": "line 2: the step is '1.5'", b"": "no column 'step'", b"step,loss\nx,2\n": "the step is 'x'",
    }.items():
        file.write_bytes(content)
        with pytest.raises(varve.VarveError, match=reason):
            importers.csv(file)
    assert len(varve.runs()) == 1


def events(folder, name):
    """Return the event file that TensorBoard's writer makes of 50 steps."""
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(folder / name)
    for step in range(50):
        writer.add_scalar("loss", step * 0.5, step)
    writer.close()
    return next((folder / name).iterdir())


def test_event_files_that_are_cut_off_or_have_odd_times_and_names(store, tmp_path):
    pytest.importorskip("tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    file = events(tmp_path, "cut")
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.warns(varve.RecordingWarning, match="is cut off or damaged after byte"):
        (number,) = importers.tensorboard(tmp_path / "cut")
    assert store.metrics(number)["loss"] == [(step, step * 0.5) for step in range(49)]
    writer = SummaryWriter(tmp_path / "odd")
    for step, value in [(3, 1.0), (3, 2.0), (-7, float("nan"))]:
        writer.add_scalar("loss", value, step, walltime=1_700_000_000 + value if value == value else float("nan"))
    writer.add_scalar("a\nb", 1.0, 0)
    writer.add_scalar("late", 1.0, 0, walltime=1e300)
    writer.close()
    with pytest.warns(varve.RecordingWarning, match=r"the metric 'a\\nb' is not recorded: its name contains a control"):
        (number,) = importers.tensorboard(tmp_path / "odd")
    assert store.metrics(number) == {"loss": [(-7, None), (3, 1.0), (3, 2.0)], "late": [(0, 1.0)]}


def test_wandb_files_that_are_cut_off_damaged_or_odd(store, tmp_path):
    pytest.importorskip("wandb")
    elsewhere(
        """
        import wandb
        run = wandb.init(project="odd", mode="offline", config={"a\\nb": 1, "list": [1, {"a": 2}], "none": None})
        for step in range(200):
            run.log({"loss": step * 0.5, "big": 10**400, "a\\nb": 1.0})
        run.finish()
        """,
        tmp_path,
    )
    file = next((tmp_path / "wandb").glob("offline-run-*/run-*.wandb"))
    data = file.read_bytes()
    with pytest.warns(varve.RecordingWarning, match=r"the (param|metric) 'a\\nb' is not recorded") as warned:
        (whole,) = importers.wandb(tmp_path / "wandb")
    assert len(warned) == 2
    assert store.show(whole)["params"] == {"list": '[1, {"a": 2}]', "none": None}
    metrics = store.metrics(whole)
    assert metrics["loss"] == [(step, step * 0.5) for step in range(200)] and metrics["big"][9] == (9, float("inf"))
    place = tmp_path / "part" / file.name
    place.parent.mkdir()
    damaged = data.find(b'"loss"') if b'"loss"' in data else data.find(b"loss", len(data) // 2)
    for content in (data[: len(data) // 2], data[:damaged] + b"\xff" * 40 + data[damaged + 40 :]):
        place.write_bytes(content)
        with pytest.warns(varve.RecordingWarning):
            (number,) = importers.wandb(place.parent)
        found = store.metrics(number)["loss"]
        assert found == [(step, step * 0.5) for step in range(len(found))] and 0 < len(found) < 200
        assert store.show(number)["status"] == "killed"


def test_a_run_of_mlflow_that_cannot_be_read_holds_nothing_up(store, tmp_path):
    pytest.importorskip("mlflow")
    elsewhere(
        """
        import os
        os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
        import mlflow
        mlflow.set_tracking_uri("file:" + os.getcwd() + "/mlruns")
        for number in range(3):
            with mlflow.start_run(run_name=f"r{number}"):
                mlflow.log_params({"lr": "0.10", "id": "007", "limit": "infinity", "hash": "1_0"})
                mlflow.log_metric("loss", number)
        """,
        tmp_path,
    )
    runs = sorted((tmp_path / "mlruns" / "0").glob("*/metrics/loss"))
    runs[0].write_text(runs[0].read_text() + "17")
    with pytest.warns(varve.RecordingWarning, match="cannot be read, and is left out.*malformed") as warned:
        numbers = importers.mlflow_files(tmp_path / "mlruns")
    assert len(numbers) == 2 and len(warned) == 1
    assert store.show(numbers[0])["params"] == {"lr": 0.1, "id": "007", "limit": "infinity", "hash": "1_0"}
    (tmp_path / "other").mkdir()
    with pytest.raises(varve.VarveError, match="no runs of MLflow"):
        importers.mlflow_files(tmp_path / "other")
    # Nothing is made in a folder of somebody else's.
    assert not list((tmp_path / "other").iterdir())


def test_csv_with_odd_columns_and_values(store, tmp_path):
    file = tmp_path / "log.csv"
    # As pandas writes an index, and as people write by hand.
    file.write_text(f", step, loss,x,x\n0, 1, 0.5,1,2\n1, 1, {'9' * 400},3,4\n2, 2, -inf,1_0,\n3, 3, nan,5")
    with pytest.warns(varve.RecordingWarning, match="more than one column 'x': the last of them"):
        (number,) = importers.csv(file)
    assert store.metrics(number) == {
        "loss": [(1, 0.5), (1, float("inf")), (2, float("-inf")), (3, None)], "x": [(1, 2.0), (1, 4.0)],
    }
    for header, reason in {"step,step": "more than one column 'step'", "step;loss": "no column 'step'"}.items():
        file.write_text(header + "\n1,2\n")
        with pytest.raises(varve.VarveError, match=reason):
            importers.csv(file)
