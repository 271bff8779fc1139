"""Questions from Python, and the files of a run."""

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request

import pytest

import varve
from varve import _binary

SOURCE = os.path.join(os.path.dirname(__file__), "..", "src")


def record(architectures=("plain", "batch"), seeds=range(3), steps=4):
    for architecture in architectures:
        for seed in seeds:
            with varve.run("shapes", architecture=architecture, seed=seed, params={"lr": 0.1, "kind": "a"}) as run:
                for step in range(steps):
                    run.log({"loss": 1.0 + seed + step * 0.5 + (architecture == "batch")}, step=step)
                    run.variance("linear1", 2.0 + step, step)


def test_files_are_kept_with_a_run_under_their_names(store, tmp_path):
    (tmp_path / "a file.txt").write_text("first")
    (tmp_path / "big.bin").write_bytes(bytes(range(256)) * 20_000)
    with varve.run() as run:
        run.artifact(tmp_path / "a file.txt")
        run.artifact(tmp_path / "big.bin", name="weights/big.bin")
        with pytest.raises(FileNotFoundError, match="nothing.txt is not a file: nothing is kept"):
            run.artifact(tmp_path / "nothing.txt")
        with pytest.raises(FileNotFoundError, match="is not a file"):
            run.artifact(tmp_path)
        run.log({"loss": 1.0})
    listed = {row["path"]: row["bytes"] for row in store.ask("artifacts", "list", "1")}
    assert listed == {"a file.txt": 5, "weights/big.bin": 5_120_000}
    for name, content in {"a file.txt": b"first", "weights/big.bin": bytes(range(256)) * 20_000}.items():
        out = tmp_path / "out"
        _binary.ask(["artifacts", "export", "1", name, "--output", str(out)], store.path)
        assert out.read_bytes() == content
        out.unlink()
    assert store.show()["status"] == "finished"


def test_a_file_that_goes_away_or_has_a_name_that_leaves_the_run_is_told(store, tmp_path, monkeypatch):
    (tmp_path / "x").write_text("x")
    with pytest.warns(varve.RecordingWarning, match=r"\.\./x"):
        with varve.run() as run:
            run.artifact(tmp_path / "x", name="../x")
            run.log({"loss": 1.0})
    monkeypatch.setattr(os.path, "isfile", lambda path: True)
    with pytest.warns(varve.RecordingWarning, match="gone"):
        with varve.run() as run:
            run.artifact(tmp_path / "gone")
            run.log({"loss": 1.0})
    assert [store.show(number)["status"] for number in (1, 2)] == ["finished", "finished"]
    assert [store.ask("artifacts", "list", str(number)) for number in (1, 2)] == [[], []]
    assert len(store.metrics(1)["loss"]) == len(store.metrics(2)["loss"]) == 1


def test_the_page_is_served_until_it_is_stopped(store, monkeypatch):
    record(seeds=[0])
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    with varve.serve(port=0) as server:
        assert server.url.startswith("http://127.0.0.1:") and opened == [server.url] and server.url in repr(server)
        with urllib.request.urlopen(server.url, timeout=20) as answer:
            assert answer.status == 200 and b"<html" in answer.read()
    assert server._process.poll() is not None
    quiet = varve.serve(port=0, open_page=False)
    assert len(opened) == 1
    quiet.stop()
    quiet.stop()
    with pytest.raises(varve.VarveError, match="port"):
        varve.serve(port=99_999, open_page=False)
    with pytest.raises(varve.VarveError, match="nothing.db"):
        varve.serve(store=store.path + ".folder/nothing.db", open_page=False)


@pytest.mark.parametrize("end", ["", "raise SystemExit(1)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_the_page_ends_with_the_program_that_serves_it(store, end):
    record(seeds=[0], architectures=["plain"])
    program = f"""
import os, signal, varve
server = varve.serve(port=0, open_page=False)
print(server.url, flush=True)
{end}
"""
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    done = subprocess.run([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True, timeout=60)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(done.stdout.strip(), timeout=20).close()
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail("the page is still served")


def test_questions_are_answered_as_lists_and_dicts(store):
    record()
    runs = varve.runs("architecture = 'plain'", sort="seed", limit=2)
    assert [run["seed"] for run in runs] in ([0, 1], [2, 1]) and runs[0]["architecture"] == "plain"
    assert len(varve.runs()) == 6
    assert varve.show(1)["params"] == {"kind": "a", "lr": 0.1}
    answer = varve.compare("plain", "batch", metric="loss")
    assert answer["paired"] is True and answer["seeds"] == [0, 1, 2]
    found = varve.history("linear1", run=2)
    assert [row["variance"] for row in found] == [2.0, 3.0, 4.0, 5.0]
    assert len(varve.history(None, metric="loss", run=2)) == 4
    for question in (lambda: varve.show(99), lambda: varve.runs("loss >"), lambda: varve.compare("plain", "--all")):
        with pytest.raises(varve.VarveError) as raised:
            question()
        assert raised.value.status in (64, 65, 66) and not str(raised.value).startswith("varve:")


def test_frames_and_pictures(store, tmp_path):
    pandas = pytest.importorskip("pandas")
    record()
    frame = varve.frame("SELECT run, seed FROM run_list WHERE seed > ? ORDER BY run", [0])
    assert isinstance(frame, pandas.DataFrame) and list(frame.seed) == [1, 2, 1, 2]
    with pytest.raises(varve.VarveError, match="no such table"):
        varve.frame("SELECT * FROM never")
    with pytest.raises(varve.VarveError, match="readonly|read-only|query_only|attempt to write"):
        varve.frame("DELETE FROM runs")
    assert len(varve.runs()) == 6
    losses = varve.metrics([1, 2], "loss")
    assert list(losses.columns) == ["run", "architecture", "seed", "experiment", "step", "value"] and len(losses) == 8
    assert len(varve.metrics(None, "loss")) == 24 and len(varve.metrics(3, "loss")) == 4
    picture = varve.plot("curves", "loss", "plain", "batch", title="it's a <title>")
    picture.save(tmp_path / "picture.svg")
    assert picture._repr_svg_().startswith("<svg") and "&lt;title&gt;" in (tmp_path / "picture.svg").read_text()
    with pytest.raises(varve.VarveError, match=r"nothing\.db"):
        varve.frame("SELECT 1", store=tmp_path / "nothing.db")


def test_parquet_has_all_of_it(store, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    record()
    with varve.run("it's another") as run:
        run.log({"loss": float("inf"), "acc": 1})
    files = varve.to_parquet(tmp_path / "out's")
    assert all(os.path.exists(file) for file in files)

    def ask(sql):
        return duckdb.sql(sql.replace("OUT", str(tmp_path / "out's").replace("'", "''"))).fetchall()

    assert ask("SELECT count(*), sum(value) FROM 'OUT/metrics/*/*.parquet' WHERE experiment = 'shapes'") == [
        (24, sum(1.0 + seed + step * 0.5 + batch for batch in (0, 1) for seed in range(3) for step in range(4))),
    ]
    assert ask("SELECT count(*) FROM 'OUT/runs/*/*.parquet'") == [(7,)]
    assert ask("SELECT sum(value) FROM 'OUT/variances/*/*.parquet'") == [(6 * 14.0,)]
    assert ask("SELECT DISTINCT value FROM 'OUT/params/*/*.parquet' WHERE key = 'lr'") == [("0.1",)]
    again = varve.to_parquet(tmp_path / "out's")
    assert sorted(again) == sorted(files)


def test_a_store_is_only_read_by_questions(store):
    record(seeds=[0])
    with sqlite3.connect(store.path) as connection:
        before = connection.execute("PRAGMA data_version").fetchall(), json.dumps(store.ask("runs"))
        varve.runs()
        varve.compare("plain", "batch")
        assert (connection.execute("PRAGMA data_version").fetchall(), json.dumps(store.ask("runs"))) == before
