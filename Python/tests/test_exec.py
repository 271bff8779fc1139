"""Programs of Python under `varve exec`: those that know Varve join their run."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import varve
from varve import _binary

SOURCE = os.path.join(os.path.dirname(__file__), "..", "src")

TRAINING = """
    import os, signal, sys, time
    import torch, varve
    from torch import nn

    torch.manual_seed(int(os.environ["VARVE_SEED"]))
    model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=float(sys.argv[1]))
    with varve.run("not this one", name="mine", params={"width": 6}, ignore=["width"]) as run:
        run.watch(model)
        for step in range(5):
            loss = model(torch.randn(8, 4)).square().mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            run.log({"loss": loss}, step=step)
        after()
"""


@pytest.fixture
def place(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", SOURCE)
    return tmp_path


def write(place, text, after="None"):
    place.joinpath("train.py").write_text(textwrap.dedent(text).replace("after()", after))


def command(*options, words=("{lr}",)):
    return [_binary.find(), "exec", *options, "--", sys.executable, "-u", "train.py", *words]


def execute(*options, words=("{lr}",), status=0):
    done = subprocess.run(command(*options, words=words), capture_output=True, text=True, timeout=300)
    assert done.returncode == status, done.stderr
    return done


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def is_gone(number):
    try:
        with open(f"/proc/{number}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_a_training_joins_its_run_with_its_layers(store, place):
    write(place, TRAINING, "assert run.number in (1, 2, 3, 4) and run.uuid == os.environ['VARVE_RUN']")
    execute("--experiment", "grid", "--param", "lr=0.10,0.2", "--seeds", "0-1", "--jobs", "2", "--architecture-param", "lr")
    runs = varve.runs("experiment = 'grid'")
    assert len(runs) == len(varve.runs()) == 4 and {run["status"] for run in runs} == {"finished"}
    for run in runs:
        shown = store.show(run["run"])
        assert shown["params"] == {"lr": float(shown["architecture"]), "width": 6} and shown["name"] == "mine"
        environment = shown["environment"]
        assert environment["torch"] and environment["packages"]["varve"] == varve.__version__
        assert "{lr}" in environment["command"] and environment["code"] and shown["tags"]["varve.ignore"] == '["width"]'
        assert len(store.metrics(run["run"])["loss"]) == 5
        assert sorted(store.variances(run["run"])) == list(range(5))
        assert set(store.variances(run["run"])[0]) == {"0", "2"}
    # The same seed begins with the same numbers.
    seeds = {}
    for run in runs:
        seeds.setdefault(run["seed"], set()).add(store.variances(run["run"])[0]["0"])
    assert [len(found) for found in seeds.values()] == [1, 1]
    answer = varve.compare("0.10", "0.2")
    assert answer["paired"] is True and answer["seeds"] == [0, 1]


def test_an_exception_is_a_failure_with_its_reason_and_a_retry_begins_anew(store, place):
    write(place, TRAINING, """
        if not os.path.exists("tried"):
            open("tried", "w").close()
            run.log({"loss": 9.0}, step=5)
            raise ValueError("bad luck")
    """.replace("\n        ", "\n            ").strip())
    execute("--param", "lr=0.1", "--seeds", "3", status=1)
    shown = store.show()
    assert shown["status"] == "failed" and "ValueError: bad luck" in shown["tags"]["varve.reason"]
    assert len(store.metrics()["loss"]) == 6
    os.unlink("tried")
    execute("--param", "lr=0.1", "--seeds", "3", "--retries", "2")
    shown = store.show(2)
    assert shown["status"] == "finished" and shown["tags"]["varve.attempts"] == "2"
    assert len(store.metrics(2)["loss"]) == 5 and sorted(store.variances(2)) == list(range(5))


def test_going_on_after_an_interruption_and_after_a_kill(store, place):
    write(place, TRAINING, """
        if os.environ["VARVE_SEED"] == "1" and not os.path.exists("go"):
            with open("number", "w") as file:
                print(os.getpid(), file=file)
            time.sleep(60)
    """.replace("\n        ", "\n            ").strip())
    words = ["--param", "lr=0.1", "--seeds", "0-2"]
    for number in (signal.SIGINT, signal.SIGKILL):
        running = subprocess.Popen(command(*words, "--resume"), stderr=subprocess.PIPE, text=True)
        wait_for(lambda: os.path.exists("number") and open("number").read().endswith("\n"))
        program = int(open("number").read())
        # What is logged is committed within half a second.
        wait_for(lambda: len(store.metrics(max(varve_numbers(store))).get("loss", ())) == 5)
        running.send_signal(number)
        said = running.communicate(timeout=60)[1]
        assert running.returncode == (130 if number == signal.SIGINT else -9)
        assert (number == signal.SIGKILL) or "--resume" in said
        wait_for(lambda: is_gone(program))
        os.unlink("number")
        statuses = [(run["seed"], run["status"]) for run in varve.runs()]
        assert sorted(statuses)[0] == (0, "finished") and (1, "killed") in statuses
    killed = [run["run"] for run in varve.runs("status = 'killed'")]
    for run in killed:
        # What was logged before is there.
        assert len(store.metrics(run)["loss"]) == 5
    open("go", "w").close()
    execute(*words, "--resume")
    assert sorted(run["seed"] for run in varve.runs("status = 'finished'")) == [0, 1, 2]


def varve_numbers(store):
    return [number for (number,) in store.rows("SELECT id FROM runs")]


def test_a_training_that_takes_too_long_keeps_what_it_logged(store, place):
    write(place, TRAINING, "time.sleep(60)")
    begun = time.monotonic()
    execute("--param", "lr=0.1", "--seeds", "0", "--timeout", "20s", "--grace", "1s", status=1)
    assert time.monotonic() - begun < 50
    shown = store.show()
    assert shown["status"] == "killed" and "--timeout" in shown["tags"]["varve.reason"]
    assert len(store.metrics()["loss"]) == 5 and sorted(store.variances())[:4] == [0, 1, 2, 3]


def test_a_program_that_knows_nothing(store, place):
    write(place, """
        import sys
        for epoch in range(3):
            print(f"epoch {epoch}: train_loss={0.5 / (epoch + 1)} val acc 5{epoch}.5%")
        print("done", file=sys.stderr)
    """)
    execute(
        "--param", "lr=1e-3,0.10", "--seeds", "7",
        "--scrape", "epoch {step}: train_loss={train.loss} val acc {val_accuracy}%", words=("--lr={lr}", "{seed}"),
    )
    for number in (1, 2):
        assert store.metrics(number) == {
            "train.loss": [(0, 0.5), (1, 0.25), (2, 0.5 / 3)], "val_accuracy": [(0, 50.5), (1, 51.5), (2, 52.5)],
        }
    _binary.ask(["artifacts", "export", "1", "program/error.txt", "--output", "error"], store.path)
    assert open("error").read() == "done\n"


def test_words_of_every_kind_reach_the_program_and_its_params(store, place):
    import json

    values = ["0.10", "007", "1e5", "true", "null", "a b", "it's \"q\"", "-l\n--in", "", "ä{}*", "[1, 2]", "9" * 30]
    write(place, """
        import json, os, sys, varve
        with open("seen", "a") as file:
            print(json.dumps([sys.argv[1:], os.environ["VARVE_PARAMS"]]), file=file)
        with varve.run() as run:
            run.log({"loss": 1.0})
    """)
    execute("--param", "v=" + json.dumps(values), words=("{v}", "--v={v}"))
    seen = [json.loads(line) for line in open("seen")]
    assert [words for words, _ in seen] == [[value, f"--v={value}"] for value in values]
    params = [json.loads(text)["v"] for _, text in seen]
    assert [str(value) if not isinstance(value, float) else None for value in params[1:2] + params[3:-1]] == (
        values[1:2] + values[3:-1]
    )
    assert params[0] == 0.1 and '"v": 0.10' in seen[0][1] and params[2] == 1e5
    # Executed again for a proof it finds the same words.
    for number in range(1, len(values) + 1):
        (verdict,) = store.ask("verify", str(number), "--execute")
        assert verdict["result"] == "identical", verdict
    again = [json.loads(line) for line in open("seen")][len(values) :]
    assert again == seen


def test_runs_one_after_another_and_workers_in_one_program(store, place):
    write(place, """
        import multiprocessing, os, varve
        def work(n):
            return n
        with varve.run("a") as run:
            run.log({"first": 1.0})
            with multiprocessing.get_context("fork").Pool(2) as pool:
                assert pool.map(work, range(4)) == list(range(4))
            run.log({"first": 2.0})
        with varve.run("b") as run:
            run.log({"second": 3.0})
        os.environ["RANK"] = "1"
        with varve.run("c") as run:
            run.log({"third": 3.0})
    """)
    execute("--seeds", "0", words=())
    assert len(varve.runs()) == 1 and store.show()["status"] == "finished"
    assert store.metrics() == {"first": [(0, 1.0), (1, 2.0)], "second": [(0, 3.0)]}


def test_a_file_and_a_resumed_run_of_its_own_under_exec(store, place):
    write(place, """
        import varve
        open("kept.txt", "w").write("kept")
        with varve.run() as run:
            run.artifact("kept.txt")
            run.tag("where", "here")
            run.variance("mine", 2.5, 0)
    """)
    execute("--seeds", "0", words=())
    shown = store.show()
    assert shown["tags"]["where"] == "here" and shown["variances"][0]["variance"] == 2.5
    assert [row["path"] for row in store.ask("artifacts", "list", "1")] == ["kept.txt"]
