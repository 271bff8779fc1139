"""What README and the examples have for Python runs as it is typed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import varve
from varve import _binary

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title):
    """The text of a section of README."""
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## )", README, re.MULTILINE | re.DOTALL)
    assert found, f"README has no section {title}"
    return found.group(1)


def blocks(text):
    """The indented blocks, without their indentation."""
    found, block = [], []
    for line in [*text.splitlines(), "end"]:
        if line.startswith("    ") or (block and not line.strip()):
            block.append(line[4:])
        elif block:
            found.append("\n".join(block).strip("\n") + "\n")
            block = []
    return found


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the examples, in which `varve` and `python3` are those under test."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "varve").symlink_to(_binary.find())
    (tools / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tools / "python3").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    for name in ("VARVE_STORE", "VARVE_RUN", "VARVE_LOG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "Examples").symlink_to(ROOT / "Examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(text, place):
    done = subprocess.run(["bash", "-euc", text], cwd=place, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_your_own_pytorch_model_from_the_first_line_to_the_figure(place):
    commands = [block for block in blocks(section("Your own PyTorch model, from the first line to the figure"))]
    loop = next(block for block in commands if block.startswith("for norm"))
    shell(loop, place)
    answers = [shell(block, place) for block in commands if block.startswith("varve ")]
    assert "5 seeds, paired, at step 119" in answers[0]
    assert "val_accuracy: different (p below 0.05 after Holm's adjustment)" in answers[0]
    assert (place / "curves.svg").read_text().startswith("<svg")
    runs = varve.runs(store="own.db")
    assert len(runs) == 10 and {run["status"] for run in runs} == {"finished"}


def test_the_six_lines_of_the_package(place):
    text = section("Record from Python")
    lines = next(block for block in blocks(text) if "run.watch(model)" in block)
    program = f"""
import argparse, torch
args = argparse.Namespace(lr=0.1, width=4)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
loader = [(torch.randn(8, 3), torch.randint(0, 2, (8,))) for _ in range(5)]
{lines}
"""
    (place / "train.py").write_text(program)
    shell("python3 train.py", place)
    for block in blocks(text):
        if block.startswith("varve "):
            shell(block, place)
    shown = varve.show(1)
    assert shown["status"] == "finished" and shown["params"] == {"lr": 0.1, "width": 4}
    assert {row["layer"] for row in shown["variances"]} == {"0", "2"} and shown["last_step"] == 4
    assert len(varve.history("linear1", run=1)) == 5


def test_the_example_with_a_hook(place):
    shell("python3 Examples/pytorch_hook.py", place)
    shown = varve.show(1)
    assert shown["status"] == "finished" and shown["last_step"] == 99 and len(shown["variances"]) == 5


def test_the_example_with_a_hook_trains_on_when_varve_dies(place):
    dying = place / "dying"
    dying.write_text("#!/bin/sh\nexec head -n 3 > /dev/null\n")
    dying.chmod(0o755)
    command = [sys.executable, "Examples/pytorch_hook.py"]
    done = subprocess.run(command, env={**os.environ, "VARVE": str(dying)}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("varve log has ended") == 1 and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "status", "steps"),
    [
        ("raise ValueError('too large')", "failed", 6),
        ("raise KeyboardInterrupt", "killed", 6),
        ("sys.exit(3)", "killed", 6),
        ("sys.exit()", "finished", 6),
        ("os.fork() or (send(step=999, loss=0.0), os._exit(0))", "finished", 100),
    ],
)
def test_the_example_with_a_hook_says_how_the_program_ended(place, line, status, steps):
    text = (ROOT / "Examples" / "pytorch_hook.py").read_text(encoding="utf-8")
    (place / "train.py").write_text(f"{text}        if step == 5: {line}\n")
    subprocess.run([sys.executable, "train.py"], capture_output=True, timeout=600, check=False)
    shown = varve.show(1)
    assert (shown["status"], shown["steps"]) == (status, steps)
    if status == "failed":
        assert shown["tags"]["varve.reason"] == "ValueError: too large"


def test_the_notebook_from_a_sweep_to_a_figure(place):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(ROOT / "Examples" / "analysis.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(place)}}).execute()
    for name in ("curves.pdf", "growth.pdf", "table.tex"):
        assert (place / name).stat().st_size > 0
    assert r"\begin{tabular}" in (place / "table.tex").read_text()


def test_every_function_says_what_it_does():
    for name in varve.__all__:
        if name != "__version__":
            assert getattr(varve, name).__doc__, name
