"""Stores, folders and command lines as somebody else would leave them: nothing may be replaced, waited for or lost."""

import os
import shutil
import sqlite3
import stat
import subprocess
import time

from support import copied, expect, tiny

SCHEMAS = [
    "CREATE TRIGGER evil AFTER INSERT ON tags BEGIN DELETE FROM layer_variances; END",
    "CREATE TRIGGER evil AFTER UPDATE ON runs BEGIN DELETE FROM layer_variances; END",
    "DROP VIEW run_params; CREATE TABLE run_params (x)",
    "ALTER TABLE tags RENAME COLUMN value TO evil",
    "CREATE UNIQUE INDEX evil ON metrics (step, run_id, key_id, value)",
]


def harm(bench):
    folder = bench.fresh("foreign")
    tiny(bench, folder)
    bench.do(folder, "run", "plain", "--dataset", "tiny", "--blocks", "2", "--width", "8").done()
    source = os.path.join(folder, "varve.db")
    trials = 0
    while bench.hasTime() or trials == 0:
        place = bench.fresh("foreign-place")
        kinds = [outputs, schemas, names, pipes] + ([mounts, namespaces] if mayUnshare() else [])
        for trial in kinds:
            copied(source, place)
            trial(bench, place)
            trials += 1
    without = "" if mayUnshare() else " (without mounts and namespaces, which need rights)"
    return f"{trials} stores with foreign files, schemas and names were neither harmed nor harmful{without}"


def unshared(*words):
    """What makes a command see its own mounts, or processes, or clock: the words before it."""
    return ("unshare", *words) if os.geteuid() == 0 else ("unshare", "--map-root-user", *words)


def mayUnshare():
    if shutil.which("unshare") is None:
        return False
    words = unshared("--mount", "--pid", "--fork", "--mount-proc", "true")
    return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def content(path):
    with open(path, "rb") as file:
        return file.read()


def outputs(bench, place):
    """No output goes over a store or anything else than a file of its kind."""
    copied(os.path.join(place, "varve.db"), place, "other.db")
    os.symlink("other.db", os.path.join(place, "link.svg"))
    with open(os.path.join(place, "notes.txt"), "w") as file:
        file.write("notes")
    for name in bench.rng.sample(["varve.db", "other.db", "link.svg", "other.db-wal", "notes.txt", "new.db-journal"], 3):
        path = os.path.join(place, name)
        before = content(path) if os.path.exists(path) else None
        for words in (
            ("plot", "profile", "--output", name), ("plot", "training", "1", "--output", name),
            ("dataset", "export", "tiny", "--output", name), ("weights", "export", "1", "--at", "final", "--output", name),
            ("backup", name), ("export", "--to", name + "/"),
        ):
            outcome = bench.do(place, *words)
            # The name of a picture says which kind it is.
            statuses = (64, 73) if words[0] == "plot" else (73,)
            expect(outcome.status in statuses, f"{outcome} over {name} ended with {outcome.status}")
            after = content(path) if os.path.exists(path) else None
            expect(after == before, f"{outcome} changed {name}")
    os.unlink(os.path.join(place, "link.svg"))


def schemas(bench, place):
    """A schema that acts is never written to, and is damage."""
    path = os.path.join(place, "varve.db")
    store = sqlite3.connect(path)
    store.executescript(bench.rng.choice(SCHEMAS))
    count = store.execute("SELECT count(*) FROM layer_variances").fetchone()
    outcome = bench.do(place, "tag", "1", "a=b")
    expect(outcome.status == 65, f"{outcome} ended with {outcome.status}")
    expect(store.execute("SELECT count(*) FROM layer_variances").fetchone() == count, "variances were deleted")
    store.close()
    expect(bench.do(place, "check").status == 1, "`varve check` calls a foreign schema sound")


def names(bench, place):
    """A store of two names is only read."""
    path = os.path.join(place, "varve.db")
    bench.do(place, "runs").done()
    other = bench.rng.choice(["second.db", "third"])
    os.link(path, os.path.join(place, other))
    for name in ("varve.db", other):
        outcome = bench.do(place, "--store", name, "tag", "1", "a=b")
        expect(outcome.status == 73, f"{outcome} ended with {outcome.status}")
        bench.do(place, "--store", name, "runs").done()
    os.unlink(os.path.join(place, other))
    bench.do(place, "tag", "1", "a=b").done()


def pipes(bench, place):
    """A pipe or a folder in the place of a log is refused at once; and a copy is as private as its source."""
    path = os.path.join(place, "varve.db")
    os.chmod(path, 0o600)
    bench.do(place, "backup", "copy.db").done()
    mode = stat.S_IMODE(os.stat(os.path.join(place, "copy.db")).st_mode)
    expect(mode & 0o077 == 0, f"the copy of a private store is {mode:o}")
    os.unlink(os.path.join(place, "copy.db"))
    ending = bench.rng.choice(["-wal", "-shm", "-journal"])
    if os.path.exists(path + ending):
        os.unlink(path + ending)
    make, remove = bench.rng.choice([(os.mkfifo, os.unlink), (os.mkdir, os.rmdir)])
    make(path + ending)
    for words in (("runs",), ("tag", "1", "a=b")):
        outcome = bench.do(place, *words)
        expect(outcome.status == 73, f"{outcome} ended with {outcome.status}")
    remove(path + ending)


def mounted(source, target):
    """The words before a command that sees one file or folder at the place of another."""
    # The folder one is in stays the one below the mount until it is entered again.
    script = 'mount --bind "$1" "$2" && cd "$PWD" && shift 2 && exec "$@"'
    return unshared("--mount", "sh", "-c", script, "sh", source, target)


def mounts(bench, place):
    """A file that is mounted without its folder is only read; in its folder it is written to as ever."""
    home, other = os.path.join(place, "home"), os.path.join(place, "container")
    for folder in (home, other):
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
    copied(os.path.join(place, "varve.db"), home)
    path = os.path.join(home, "varve.db")
    ending = bench.rng.choice(["", "", "-wal", "-shm", "-journal"])
    if ending == "":
        source, target, seen = path, os.path.join(other, "varve.db"), other
    else:
        source, target, seen = os.path.join(other, "log"), path + ending, home
        open(source, "w").close()
    open(target, "a").close()
    prefix = mounted(source, target)
    words = bench.rng.choice([("tag", "1", "a=b"), ("note", "1", "x"), ("compact",), ("delete", "1"), ("log",)])
    outcome = bench.do(seen, *words, prefix=prefix)
    expect(outcome.status == 73, f"{outcome} with {target} mounted alone, which must be refused")
    if ending == "":
        expect(len(bench.do(seen, "runs", "--format", "json", prefix=prefix).done().json()) > 0, "a mounted store is not read")
    if ending and os.path.exists(target) and os.path.getsize(target) == 0:
        os.unlink(target)
    bench.do(other, "tag", "1", "a=b", prefix=mounted(home, other)).done()
    bench.sound(home)


def namespaces(bench, place):
    """A run that is recorded where its process cannot be seen stays as running, and nobody takes it without being told to."""
    prefix = bench.rng.choice([
        unshared("--pid", "--fork", "--mount-proc"),
        unshared("--pid", "--fork"),
        unshared("--time", "--fork", "--boottime", "1000000"),
        unshared("--uts", "sh", "-c", 'hostname elsewhere && exec "$@"', "sh"),
    ])
    log = bench.start(place, "log", prefix=prefix, stdin=subprocess.PIPE)
    log.stdin.write(b'{"step":0,"loss":1}\n')
    log.stdin.flush()
    runs, deadline = [], time.monotonic() + 20
    while not runs and time.monotonic() < deadline:
        runs = [run for run in bench.shown(place) if run["status"] == "running"]
    try:
        expect(len(runs) == 1, f"a run behind {' '.join(prefix)} is not shown as running")
        number = str(runs[0]["run"])
        for words in (("delete", number), ("log", "--resume", number), ("compact",)):
            outcome = bench.do(place, *words)
            expect(outcome.status in (65, 69), f"{outcome} beside a run that may be recorded")
        bench.do(place, "tag", number, "a=b").done()
        log.stdin.write(b'{"step":1,"loss":2}\n{"end":"finished"}\n')
    finally:
        outcome = bench.finish(log, ("log",))
    outcome.done()
    run = bench.do(place, "show", number, "--format", "json").done().json()
    expect(run["status"] == "finished" and run["metrics"]["loss"] == 2, f"run {number} ended as {run['status']}")
    bench.sound(place)
