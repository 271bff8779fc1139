"""What is recorded, and what is there after whatever ends a program."""

import gc
import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import warnings

import pytest

import varve
from varve import _transport

SOURCE = os.path.join(os.path.dirname(__file__), "..", "src")


def program(text, store, **options):
    """Start a Python program that has `varve`, `run` unless it makes its own, and the store."""
    environment = {**os.environ, "VARVE_STORE": store.path, "PYTHONPATH": SOURCE, **options.pop("environment", {})}
    return subprocess.Popen(
        [sys.executable, "-u", "-c", "import os, signal, sys, time, varve\n" + textwrap.dedent(text)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def ended(store, number=1):
    """Wait until the child has ended the run, which it does after the program is gone."""
    status = "SELECT status FROM runs WHERE id = ?"
    wait_for(lambda: os.path.exists(store.path) and store.rows(status, number) not in ([], [("running",)]))
    return store.show(number)


def test_a_run_has_what_was_given(store):
    with varve.run(
        "cifar", name="resnet20", seed=3, architecture="bn",
        params={"lr": 0.1, "opt": {"name": "sgd", "betas": [0.9, 0.99]}},
        tags={"host": "a"}, note="first try", ignore=["out"], measure="mine",
    ) as run:
        run.log({"loss": 2.5, "accuracy": 1})
        run.log({"loss": float("nan"), "accuracy": float("-inf")})
        run.variance("conv1", 3.25, step=1)
        run.tag("where", "here")
        run.note("second try")
        run.param("late", True)
        assert run.number == 1 and len(run.uuid) == 32 and run.store == store.path
    shown = store.show()
    assert (shown["experiment"], shown["name"], shown["seed"], shown["architecture"]) == ("cifar", "resnet20", 3, "bn")
    assert shown["status"] == "finished" and shown["steps"] == 2
    assert shown["params"] == {"lr": 0.1, "opt.name": "sgd", "opt.betas": "[0.9, 0.99]", "late": "true"}
    assert shown["tags"]["note"] == "second try" and shown["tags"]["where"] == "here" and shown["tags"]["host"] == "a"
    assert shown["metrics"]["loss"] == "NaN" and shown["metrics"]["accuracy"] == "-Infinity"
    assert store.metrics()["loss"] == [(0, 2.5), (1, None)]
    assert shown["variances"][0]["measure"] == "mine" and shown["variances"][0]["variance"] == 3.25
    environment = shown["environment"]
    assert environment["python"] and environment["host"] and environment["packages"]["varve"] == varve.__version__


def test_the_environment_can_be_left_out(store):
    with varve.run(environment=False) as run:
        run.log({"a": 1})
    assert "packages" not in store.show()["environment"]


def test_nothing_that_a_checkout_names_is_executed(tmp_path):
    from varve import _environment

    def git(*words):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    evil = tmp_path / "evil"
    evil.write_text("#!/bin/sh\ntouch executed\ncat\n")
    evil.chmod(0o755)
    for name in ("clean.py", "changed.py", "filtered.py"):
        (tmp_path / name).write_text("print(1)\n")
    (tmp_path / ".gitattributes").write_text("filtered.py filter=evil\n")
    git("init", "-q")
    git("add", "*.py", ".gitattributes")
    git("commit", "-q", "-m", "x")
    for key in ("filter.evil.clean", "core.fsmonitor", "diff.external", "core.sshCommand", "core.pager"):
        git("config", key, str(evil))
    for name in ("changed.py", "filtered.py", "unknown.py"):
        (tmp_path / name).write_text("print(2)\n")
    (tmp_path / "clean.py").touch()
    names = ("clean.py", "changed.py", "filtered.py", "unknown.py")
    found = [_environment._in_git(str(tmp_path / name)) for name in names]
    assert found == ["clean", "changed", None, "unknown"]
    assert not (tmp_path / "executed").exists()


def test_a_picture_replaces_nothing_but_a_picture(tmp_path):
    picture = varve._ask.Picture("<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    for name, content in (("varve.db", b"SQLite format 3\0"), ("notes.txt", b"notes"), ("varve.db-wal", b"")):
        (tmp_path / name).write_bytes(content)
        (tmp_path / "link.svg").unlink(missing_ok=True)
        (tmp_path / "link.svg").symlink_to(name)
        for place in (name, "link.svg"):
            with pytest.raises(varve.VarveError):
                picture.save(tmp_path / place)
        assert (tmp_path / name).read_bytes() == content
    for _ in range(2):
        picture.save(tmp_path / "new.svg")
    assert (tmp_path / "new.svg").read_text().startswith("<svg")


def test_numbers_of_every_kind(store):
    import decimal

    import numpy as np
    import torch

    with varve.run() as run:
        run.log({
            "float": np.float32(0.5), "int": np.int64(7), "array": np.array(1.5), "one": np.array([2.5]),
            "tensor": torch.tensor(3.5, requires_grad=True), "half": torch.tensor([4.5]).half(), "bool": True,
            "double": torch.tensor(0.1, dtype=torch.float64), "huge": 10**30,
            "beyond": -(10**400), "long double": np.longdouble("1.25"), "decimal": decimal.Decimal("0.5"),
        })
        for key, value in {
            "text": "0.5", "none": None, "list": [1], "two": np.zeros(2), "many": torch.zeros(3), "complex": 1j,
        }.items():
            with pytest.raises(TypeError, match=f"'{key}' is .*: give a number"):
                run.log({"loss": 1.0, key: value})
        with pytest.raises(TypeError, match="step is 'a'"):
            run.log({"loss": 1.0}, step="a")
        with pytest.raises(TypeError, match="step is 0.5"):
            run.log({"loss": 1.0}, step=0.5)
        with pytest.raises(TypeError, match="seed is 'x'"):
            varve.run(seed="x")
        run.log({"at": 1.0}, step=np.int32(5))
        run.log({"at": 1.0}, step=torch.tensor(6))
    metrics = store.show()["metrics"]
    assert metrics == {
        "float": 0.5, "int": 7, "array": 1.5, "one": 2.5, "tensor": 3.5, "half": 4.5, "bool": 1, "double": 0.1,
        "huge": 1e30, "beyond": "-Infinity", "long double": 1.25, "decimal": 0.5, "at": 1,
    }


def test_a_name_that_the_store_does_not_take_costs_nothing_else(store):
    with pytest.warns(varve.RecordingWarning) as warned:
        run = varve.run(
            name="n", seed=3, params={"a\nb": 1, "lr": 0.1, "k" * 300: 2}, tags={"x\ty": 1, "varve.mine": 2, "ok": 3}
        )
    said = [str(item.message) for item in warned]
    assert len(said) == 4 and "the param 'a\\nb' is not recorded: its name contains a control character" in said
    assert "the tag 'varve.mine' is not recorded: its name begins with 'varve.', which is for Varve's own" in said
    with pytest.warns(varve.RecordingWarning) as warned, run:
        for step in range(3):
            run.log({"a\nb": 1.0, "loss": step}, step=step)
        run.log({"a\ud800": 1.0}, step=7)
    assert len(warned) == 2
    shown = store.show()
    assert (shown["name"], shown["seed"], shown["params"]) == ("n", 3, {"lr": 0.1}) and shown["tags"]["ok"] == "3"
    assert store.metrics() == {"loss": [(0, 0.0), (1, 1.0), (2, 2.0)]}
    with pytest.raises(ValueError, match="seed is 18446744073709551615: give one from"):
        varve.run(seed=2**64 - 1)


def test_a_text_that_is_not_utf_8_is_recorded_with_a_mark_in_its_place(store):
    # As Python gives the name of a file that is not UTF-8.
    path = os.fsdecode(b"data/\xff")
    with varve.run(name=path, params={"path": path, "face": "\U0001f600", "literal": "\\ud800"}) as run:
        run.log({"loss": 1.0})
    shown = store.show()
    assert shown["name"] == "data/\ufffd" and shown["status"] == "finished"
    assert shown["params"] == {"path": "data/\ufffd", "face": "\U0001f600", "literal": "\\ud800"}


def test_a_run_that_has_ended_holds_no_files(store):
    def opened():
        return len(os.listdir("/proc/self/fd"))

    run = varve.run()
    run.log({"loss": 1.0})
    before = opened()
    run.finish()
    assert opened() == before - 3
    assert run.number == 1 and len(run.uuid) == 32


def test_steps_may_come_in_any_order(store):
    with varve.run() as run:
        run.log({"loss": 1.0}, step=100)
        run.log({"val": 2.0}, step=50)
        run.log({"val": 3.0}, step=-1)
        run.log({"loss": 4.0})
    assert store.metrics() == {"val": [(-1, 3.0), (50, 2.0)], "loss": [(100, 1.0), (101, 4.0)]}


@pytest.mark.parametrize(
    "error, status, reason",
    [
        (ValueError("bad\nluck"), "failed", "ValueError: bad luck"),
        (KeyboardInterrupt(), "killed", "KeyboardInterrupt"),
        (SystemExit(3), "killed", "SystemExit: 3"),
        (SystemExit(0), "finished", None),
    ],
)
def test_how_the_block_is_left_decides_the_status(store, error, status, reason):
    with pytest.raises(type(error)):
        with varve.run() as run:
            run.log({"loss": 1.0})
            raise error
    shown = store.show()
    assert shown["status"] == status and shown["tags"].get("varve.reason") == reason


def test_a_killed_program_leaves_all_that_was_handed_over(store):
    running = program(
        """
        run = varve.run("kills", params={"a": 1})
        for step in range(5000):
            run.log({"loss": step * 0.5, "other": 1.0}, step=step)
        print("done", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        store,
    )
    assert running.stdout.readline() == "done\n"
    assert running.wait() == -signal.SIGKILL
    shown = ended(store)
    assert shown["status"] == "killed"
    assert store.metrics()["loss"] == [(step, step * 0.5) for step in range(5000)]


@pytest.mark.parametrize("moment", range(4))
def test_a_program_that_is_killed_at_any_moment_leaves_a_beginning_without_gaps(store, moment):
    running = program(
        """
        run = varve.run("kills")
        print("begun", flush=True)
        step = 0
        while True:
            run.log({"loss": step * 0.5}, step=step)
            step += 1
        """,
        store,
    )
    running.stdout.readline()
    time.sleep(0.02 * moment**2)
    running.kill()
    running.wait()
    shown = ended(store)
    assert shown["status"] == "killed"
    values = store.metrics().get("loss", [])
    assert values == [(step, step * 0.5) for step in range(len(values))]
    assert shown["last_step"] == (len(values) - 1 if values else None)


@pytest.mark.parametrize("number, status", [(signal.SIGINT, "killed"), (signal.SIGTERM, "killed")])
def test_a_signal_to_the_whole_group_reaches_the_training_alone(store, number, status):
    running = program(
        """
        with varve.run() as run:
            for step in range(100):
                run.log({"loss": 1.0}, step=step)
            print("begun", flush=True)
            time.sleep(60)
        """,
        store,
        start_new_session=True,
    )
    running.stdout.readline()
    os.killpg(running.pid, number)
    running.wait()
    shown = ended(store)
    assert shown["status"] == status and len(store.metrics()["loss"]) == 100
    if number == signal.SIGINT:
        assert shown["tags"]["varve.reason"] == "KeyboardInterrupt"


def test_a_dead_child_is_told_once_and_the_training_goes_on(store):
    run = varve.run("dead")
    run.log({"loss": 0.5}, step=0)
    wait_for(lambda: store.rows("SELECT count(*) FROM metrics") == [(1,)])
    os.kill(run._transport._child.pid, signal.SIGKILL)
    run._transport._child.wait()
    with pytest.warns(varve.RecordingWarning, match="killed by signal 9.*has steps up to 0 of run 1") as warned:
        for step in range(1, 50):
            run.log({"loss": 0.5}, step=step)
        run.finish()
    assert len(warned) == 1
    assert store.show()["status"] == "killed" and store.metrics()["loss"] == [(0, 0.5)]


def test_what_is_said_of_a_dead_child_counts_metrics_and_variances(store):
    run = varve.run("dead")
    run.variance("linear1", 2.0, 0)
    for step in range(5):
        run.log({"loss": 0.5}, step=step)
    wait_for(lambda: store.rows("SELECT count(*) FROM metrics") == [(5,)])
    os.kill(run._transport._child.pid, signal.SIGKILL)
    run._transport._child.wait()
    with pytest.warns(varve.RecordingWarning, match="has steps up to 4 of run 1"):
        run.log({"loss": 0.5}, step=5)
    run.finish()


def test_a_dead_child_is_an_error_where_it_is_asked_for(store):
    run = varve.run("dead", on_error="raise")
    run.log({"loss": 0.5}, step=0)
    os.kill(run._transport._child.pid, signal.SIGKILL)
    run._transport._child.wait()
    with pytest.raises(varve.RecordingError, match="killed by signal 9"):
        run.log({"loss": 0.5}, step=1)
    run.finish()


def test_a_dead_child_does_not_end_a_program_that_wants_sigpipe_to(store):
    running = program(
        """
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        run = varve.run()
        os.kill(run._transport._child.pid, signal.SIGKILL)
        run._transport._child.wait()
        for step in range(10):
            run.log({"loss": 1.0})
        print("alive")
        """,
        store,
    )
    output, errors = running.communicate()
    assert output == "alive\n" and running.returncode == 0 and errors.count("RecordingWarning:") == 1


def test_a_full_disk_is_told_once_and_what_was_committed_is_there(store, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", folder]).returncode != 0:
        pytest.skip("needs root, to mount a small file system")
    try:
        path = str(folder / "varve.db")
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            with varve.run("full", store=path) as run:
                for step in range(200_000):
                    run.log({f"metric {index}": step * 0.5 for index in range(8)}, step=step)
                    if not run.is_recording:
                        break
                else:
                    pytest.fail("the disk was never full")
        messages = [str(item.message) for item in warned]
        assert len(messages) == 1 and "full" in messages[0] and "run 1" in messages[0], messages
        subprocess.run(["rm", "-f", folder / "ballast"], check=True)
        values = type(store)(path).metrics()["metric 0"]
        assert values == [(step, step * 0.5) for step in range(len(values))]
        assert f"steps up to {len(values) - 1}" in messages[0]
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_locked_store_holds_nothing_up_and_all_of_it_is_recorded(store):
    with varve.run() as run:
        run.log({"loss": 0.0}, step=0)
        wait_for(lambda: store.rows("SELECT count(*) FROM metrics") == [(1,)])
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        slowest = 0.0
        for step in range(1, 60_000):
            before = time.perf_counter()
            run.log({f"m{index}": 0.5 for index in range(8)}, step=step)
            slowest = max(slowest, time.perf_counter() - before)
        # More than the pipe holds waits in the queue.
        assert run._transport._queued > 0
        assert slowest < 2
        other.execute("ROLLBACK")
        other.close()
    assert store.show()["status"] == "finished"
    assert [step for step, _ in store.metrics()["m7"]] == list(range(1, 60_000))


def test_what_does_not_fit_into_the_queue_is_told(store, monkeypatch):
    monkeypatch.setattr(_transport.Transport.__init__, "__defaults__", (100_000,))
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with varve.run() as run:
            run.log({"loss": 0.0}, step=0)
            wait_for(lambda: store.rows("SELECT count(*) FROM metrics") == [(1,)])
            other = sqlite3.connect(store.path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            for step in range(1, 1_000_000):
                run.log({"loss": 0.5}, step=step)
                if run._transport._dropped == 1000:
                    break
            other.execute("ROLLBACK")
            other.close()
    steps = [step for step, _ in store.metrics()["loss"]]
    first = len(steps)
    assert steps == list(range(first))
    messages = [str(item.message) for item in warned]
    assert f"what is logged from step {first} on is lost until it does" in messages[0]
    assert f"{step + 1 - len(steps)} lines from step {first} on are lost" in messages[1] and len(messages) == 2
    assert store.show()["status"] == "finished"


def test_a_store_that_cannot_be_is_told_and_the_training_goes_on(store, tmp_path):
    (tmp_path / "no.db").write_text("this is no database, but a text that is long enough to be looked at" * 20)
    with pytest.warns(varve.RecordingWarning, match="no.db"):
        run = varve.run(store=tmp_path / "no.db")
    run.log({"loss": 1.0})
    assert run.number is None and not run.is_recording
    run.finish()
    with pytest.raises(varve.RecordingError, match="no.db"):
        varve.run(store=tmp_path / "no.db", on_error="raise")


def test_a_line_that_cannot_be_recorded_is_told(store):
    with pytest.warns(varve.RecordingWarning, match="'lr' already has the value"):
        with varve.run(params={"lr": 0.1}) as run:
            run.param("lr", 0.2)
            run.log({"loss": 1.0})
    assert store.show()["params"]["lr"] == 0.1 and store.show()["status"] == "finished"


def test_a_run_goes_on_from_a_checkpoint(store):
    with pytest.raises(ValueError):
        with varve.run("long", params={"lr": 0.1, "epochs": 3}) as run:
            for step in range(10):
                run.log({"loss": 1.0}, step=step)
            raise ValueError("cut")
    with pytest.warns(varve.RecordingWarning, match="'epochs' already has the value 3"):
        with varve.run("long", params={"lr": 0.1, "epochs": 9}, resume=1) as run:
            assert run.number == 1
            for step in range(6, 12):
                run.log({"loss": 2.0}, step=step)
    shown = store.show()
    assert shown["status"] == "finished" and shown["params"] == {"lr": 0.1, "epochs": 3}
    assert store.metrics()["loss"] == [(step, 1.0 if step < 6 else 2.0) for step in range(12)]
    with pytest.warns(varve.RecordingWarning, match="77"):
        varve.run(resume=77)


def test_finishing_twice_and_logging_afterwards_say_one_thing(store):
    run = varve.run()
    run.log({"loss": 1.0})
    run.finish()
    with pytest.warns(varve.RecordingWarning, match="has ended") as warned:
        run.finish()
        run.log({"loss": 2.0})
        run.tag("a", "b")
    assert len(warned) == 1
    assert store.metrics()["loss"] == [(0, 1.0)]


def test_a_run_that_is_dropped_is_killed_and_says_so(store):
    run = varve.run()
    run.log({"loss": 1.0})
    with pytest.warns(varve.RecordingWarning, match="dropped without run.finish"):
        del run
        gc.collect()
    assert store.show()["status"] == "killed"


def test_a_program_that_forgets_to_finish(store):
    running = program("run = varve.run(); run.log({'loss': 1.0})", store)
    _, errors = running.communicate()
    assert errors.count("without run.finish()") == 1
    assert store.show(1)["status"] == "killed"
    running = program("run = varve.run(); run.log({'loss': 1.0}); raise ValueError('no')", store)
    _, errors = running.communicate()
    shown = store.show(2)
    assert shown["status"] == "failed" and shown["tags"]["varve.reason"] == "ValueError: no"


def test_two_runs_at_once(store):
    with varve.run(name="a") as first, varve.run(name="b") as second:
        for step in range(5):
            first.log({"loss": 1.0})
            second.log({"loss": 2.0})
    assert {value for _, value in store.metrics(1)["loss"]} == {1.0}
    assert {value for _, value in store.metrics(2)["loss"]} == {2.0}


def _log_from_fork(run):
    run.log({"loss": 9.0})
    os._exit(0)


def test_a_forked_process_records_nothing_and_does_not_hold_the_pipe(store):
    run = varve.run()
    run.log({"loss": 1.0})
    child = os.fork()
    if child == 0:
        _log_from_fork(run)
    os.waitpid(child, 0)
    run.log({"loss": 2.0})
    run.finish()
    assert store.show()["status"] == "finished" and store.metrics()["loss"] == [(0, 1.0), (1, 2.0)]
    # A killed parent ends the run though a forked worker lives on.
    running = program(
        """
        run = varve.run(name="second")
        run.log({"loss": 1.0})
        child = os.fork()
        if child == 0:
            time.sleep(30)
            os._exit(0)
        print(child, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        store,
    )
    worker = int(running.stdout.readline())
    try:
        assert ended(store, 2)["status"] == "killed"
    finally:
        os.kill(worker, signal.SIGKILL)


def _spawned(queue):
    import varve._run

    queue.put(len(varve._run._open_runs))


def test_spawned_workers_end_without_hanging_and_a_run_cannot_be_sent(store):
    context = multiprocessing.get_context("spawn")
    with varve.run() as run:
        run.log({"loss": 1.0})
        queue = context.Queue()
        worker = context.Process(target=_spawned, args=(queue,))
        worker.start()
        assert queue.get(timeout=60) == 0
        worker.join(60)
        assert worker.exitcode == 0
        with pytest.raises(TypeError, match="cannot be copied to another"):
            import pickle

            pickle.dumps(run)
    assert store.show()["status"] == "finished"


def test_only_rank_0_records(store, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    with varve.run() as run:
        run.log({"loss": 1.0})
        assert run.number is None and not run.is_recording
    assert not os.path.exists(store.path)
    with varve.run(enabled=True) as run:
        run.log({"loss": 1.0})
    assert store.show()["status"] == "finished"


def test_without_the_command_the_error_says_how(monkeypatch, tmp_path):
    monkeypatch.setenv("VARVE_BIN", str(tmp_path / "nothing"))
    with pytest.raises(varve.VarveError, match="VARVE_BIN"):
        varve.run()
    monkeypatch.delenv("VARVE_BIN")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(varve.VarveError, match="install the wheel"):
        varve.run()


def test_a_run_of_exec_is_joined(store, tmp_path, monkeypatch):
    fifo = tmp_path / "log"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    monkeypatch.setenv("VARVE_LOG", str(fifo))
    monkeypatch.setenv("VARVE_RUN", "0" * 32)
    with varve.run("ignored", name="mine", params={"a": 1}, ignore=["a"]) as run:
        assert run.uuid == "0" * 32
        run.log({"loss": 1.0}, step=3)
    lines = [json.loads(line) for line in os.read(reader, 1 << 16).splitlines()]
    os.close(reader)
    said = [line.pop("begin") for line in lines if "begin" in line]
    assert said[0] == {"name": "mine"} and said[2] == {"ignore": ["a"]} and len(said) == 4
    assert said[1]["environment"]["python"] and "command" not in said[1]["environment"]
    assert said[3]["environment"]["packages"]["varve"] == varve.__version__
    lines = [line for line in lines if line]
    assert lines[0] == {"param": "a", "value": 1}
    assert lines[1]["step"] == 3 and lines[1]["metrics"] == {"loss": 1.0}
    assert lines[2]["end"] == "finished"
    assert not os.path.exists(store.path)


def test_running_a_cell_again_ends_the_former_run(store, monkeypatch):
    from varve import _run

    cell = ["cell", 1]
    monkeypatch.setattr(_run, "_cell", lambda: tuple(cell))
    first = varve.run()
    first.log({"loss": 1.0})
    also = varve.run()
    assert first.is_recording
    cell[1] = 2
    second = varve.run()
    assert not first.is_recording and not also.is_recording and second.is_recording
    second.finish()
    assert [store.show(number)["status"] for number in (1, 2, 3)] == ["killed", "killed", "finished"]
    assert store.show(1)["tags"]["varve.reason"] == "its cell was executed again"


def test_the_version_is_that_of_the_command():
    from varve import _binary

    assert varve.__version__ in _binary.ask(["--version"])
