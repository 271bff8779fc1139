"""Changes bytes and contents of a store at random and gives it to every command that reads, in the working folder.

A command may refuse or show what there is; it may not crash, take longer than 20 seconds or 1 GiB, or say more or less
than lines that begin with `varve: ` when it refuses. `check` and `verify` may find damage (status 1).
"""
import argparse
import os
import pathlib
import random
import resource
import shutil
import sqlite3
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = [
    ["runs", "--with-variances", "--format", "json"],
    ["runs", "--columns", "number,params.width,metrics.loss,variance.residual5,tags.note,started", "--sort", "-metrics.loss"],
    ["runs", "architecture = 'plain' AND metrics.loss > 0 AND params.width IN (1, 10) OR tags.note LIKE '%x%'"],
    ["show", "1"],
    ["show", "2", "--format", "json"],
    ["history", "residual5"],
    ["history", "--run", "1", "residual5"],
    ["history", "residual1", "--group-by", "architecture", "--format", "json"],
    ["compare", "plain", "batchnorm"],
    ["compare", "1", "2", "--format", "json"],
    ["diff", "1", "2"],
    ["plot", "profile", "--output", "profile.svg"],
    ["plot", "history", "residual5", "--output", "history.svg"],
    ["plot", "training", "1", "--output", "training.svg"],
    ["verify", "1", "2"],
    ["dataset", "list"],
    ["dataset", "show", "mnist1d"],
    ["dataset", "export", "mnist1d", "--output", "d.npz"],
    ["weights", "list", "1"],
    ["weights", "export", "1", "--at", "final", "--output", "w.safetensors"],
    ["experiment", "list"],
    ["info"],
    ["check"],
    ["sql", "SELECT * FROM variances LIMIT 50"],
    ["sql", "SELECT * FROM run_metrics UNION ALL SELECT run, key, value, 0, 0 FROM run_params", "--format", "csv"],
    ["export", "--to", "folder"],
    ["export", "--to", "smaller.db", "--force"],
    ["backup", "copy.db", "--force"],
]
WRITERS = [
    ["merge", "hostile.db", "--store", "target.db"],
    ["tag", "1", "a=b"],
    ["delete", "2"],
    ["run", "plain", "--width", "4", "--blocks", "1", "--batch-size", "500", "--resume"],
    ["compact"],
    ["purge", "--yes"],
    ["check", "--repair"],
]
STATUSES = {0, 1, 64, 65, 66, 69, 73, 74}
NUMBERS = [0, 1, -1, 2, 7, 255, 65536, 2**31 - 1, 2**31, -(2**31), 2**53, 2**63 - 1, -(2**63), 2**62]
REALS = [0.0, -0.0, 1e308, -1e308, 5e-324, float("inf"), float("-inf"), None, 1.5, -3.0]
TEXTS = [
    "", "\x1b[2J\x1b]0;x\x07", "a\nvarve: b", "\u202egnp", "'; DROP TABLE runs; --", "[" * 600, "{}", "[1e999]", "[-1]",
    "[9223372036854775807,9223372036854775807]", "finished", "running", "deleted", "plain", "\u0000", "\ud7ff\uffff", "e\u0301" * 500,
    "x" * 100_000, '{"width":1e400}', '{"a":' * 300 + "1" + "}" * 300, "9" * 400, "NaN", "<svg onload='x'>&\"", "|", "\\|",
]
BLOBS = [b"", b"\x00", b"\xff" * 7, b"\x00" * 4096, bytes(range(256)) * 64]


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))


def varve(command):
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=20, preexec_fn=limit)


def change_bytes(path, rng):
    content = bytearray(path.read_bytes())
    size, page = len(content), 8192
    kind = rng.randrange(6)
    for _ in range(rng.choice([1, 1, 2, 5, 20, 200])):
        place = rng.choice([rng.randrange(size), rng.randrange(100), rng.randrange(size // page) * page + rng.randrange(64)])
        if kind == 0:
            content[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            content[place] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])
        elif kind == 2:
            one, other = rng.randrange(size // page) * page, rng.randrange(size // page) * page
            content[one : one + page] = content[other : other + page]
        elif kind == 3:
            length = rng.randrange(1, 64)
            content[place : place + length] = rng.randbytes(len(content[place : place + length]))
        elif kind == 4:
            content[place : place + 4] = rng.choice([b"\xff" * 4, b"\x00" * 4, b"\x7f\xff\xff\xff", b"\x00\x00\x00\x01"])
    if kind == 5:
        del content[rng.randrange(size) :]
    path.write_bytes(content)


def change_contents(path, rng):
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
    database.text_factory = bytes
    tables = [row[0].decode() for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
    for _ in range(rng.choice([1, 1, 2, 4])):
        table = rng.choice(tables)
        columns = [(row[1].decode(), row[2].decode()) for row in database.execute(f"PRAGMA table_info({table})")]
        column, kind = rng.choice(columns)
        values = {"INTEGER": NUMBERS, "REAL": REALS, "TEXT": TEXTS, "BLOB": BLOBS}.get(kind, NUMBERS + REALS + TEXTS + BLOBS)
        value = rng.choice(values)
        if isinstance(value, str) and rng.random() < 0.1:
            expression, values = f"CAST(x'{rng.choice(['ff', 'c3', 'eda080', '41ff42'])}' AS TEXT)", ()
        else:
            expression, values = "?", (value,)
        where = rng.choice(["", " WHERE random() % 2"])
        action = rng.choice(["update", "update", "update", "delete"])
        try:
            if action == "update":
                database.execute(f"UPDATE OR IGNORE {table} SET {column} = {expression}{where}", values)
            else:
                database.execute(f"DELETE FROM {table}{where}")
        except sqlite3.Error:
            pass
    if rng.random() < 0.1:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, ?)", rng.choice([("REAL", "TEXT"), ("variance", "x"), ("STRICT", ""), ("INTEGER", "ANY")]))
    database.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--found", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--varve", default=str(ROOT / ".build/release/varve"))
    options = parser.parse_args()
    os.nice(19)
    os.environ.pop("VARVE_STORE", None)
    sound, hostile = pathlib.Path("sound.db"), pathlib.Path("hostile.db")
    sound.unlink(missing_ok=True)
    small = ["--width", "4", "--blocks", "1", "--batch-size", "500", "--steps", "8"]
    for extra in (["plain", "batchnorm", "--seeds", "0-3", "--tag", "k=v", "--note", "x"], ["plain", "--seed", "9", "--weights", "both"]):
        subprocess.run([options.varve, "--store", "sound.db", "run", *extra, *small], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([options.varve, "--store", "sound.db", "compact"], check=True, stdout=subprocess.DEVNULL)

    end, number, found = time.monotonic() + options.seconds, 0, 0
    while time.monotonic() < end:
        rng = random.Random(f"{options.seed} {number}")
        for name in ("hostile.db", "hostile.db-wal", "hostile.db-shm", "target.db"):
            pathlib.Path(name).unlink(missing_ok=True)
        shutil.rmtree("folder", ignore_errors=True)
        shutil.copy(sound, hostile)
        rng.choice([change_bytes, change_contents])(hostile, rng)
        kept = hostile.read_bytes()
        for command in rng.sample(COMMANDS, 8) + rng.sample(WRITERS, 1):
            words = [options.varve, *([] if "--store" in command else ["--store", "hostile.db"]), *command]
            try:
                outcome = varve(words)
                lines = outcome.stderr.decode(errors="replace").splitlines()
                fault = None
                if outcome.returncode not in STATUSES:
                    fault = f"status {outcome.returncode}"
                elif outcome.returncode > 1 and not (lines and lines[-1].startswith("varve: ") and len(lines) < 4):
                    fault = "no clear line"
                elif b"\x1b" in outcome.stdout + outcome.stderr and "csv" not in command:
                    fault = "an escape sequence"
            except subprocess.TimeoutExpired:
                fault, lines = "no end", []
            if fault:
                found += 1
                (options.found / f"store-{options.seed}-{number}.db").write_bytes(kept)
                print(f"store-{options.seed}-{number}.db: {fault}: varve {' '.join(words[1:])}: {lines[-3:]}", flush=True)
        number += 1
    print(f"{number} stores, {found} faults, seed {options.seed}")
    raise SystemExit(found > 0)


main()
