"""Questions to a store: the answers of the command line as lists, dicts and data frames."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _binary
from ._errors import VarveError

if TYPE_CHECKING:
    import sqlite3

StorePath = Union[str, "os.PathLike[str]"]


def _path(store: Optional[StorePath]) -> Optional[str]:
    return None if store is None else os.fspath(store)


def _file(store: Optional[StorePath]) -> str:
    path = os.fspath(store) if store is not None else os.environ.get("VARVE_STORE") or "varve.db"
    if not os.path.exists(path):
        raise VarveError(f"there is no store {path}: record a run, or name the store", status=66)
    return path


def _options(given: dict[str, Any]) -> list[str]:
    """Return keywords as the command's options: `ignore=["params.out"]` is `--ignore params.out`."""
    options: list[str] = []
    for key, value in given.items():
        word = "--" + key.replace("_", "-")
        if value is True:
            options.append(word)
        elif value is None or value is False:
            continue
        elif isinstance(value, (list, tuple)):
            for item in value:
                options += [word, str(item)]
        else:
            options += [word, str(value)]
    return options


def runs(filter: Optional[str] = None, *, store: Optional[StorePath] = None, **options: Any) -> list[dict[str, Any]]:
    """Return runs as `varve runs --format json` does.

    Args:
        filter: as `architecture = 'plain' AND seed < 10`; all runs unless given.
        store: path of the store; `$VARVE_STORE` unless given, else `varve.db`.
        options: the command's options, as `limit=20`, `with_variances=True`.

    """
    return list(_binary.ask_json(["runs", *_options(options)], _path(store), [filter] if filter else []))


def show(run: Union[int, str], *, store: Optional[StorePath] = None) -> dict[str, Any]:
    """Return one run whole, as `varve show --format json` does."""
    answer = _binary.ask_json(["show", str(run)], _path(store))
    return dict(answer[0] if isinstance(answer, list) else answer)


def compare(*groups: str, store: Optional[StorePath] = None, **options: Any) -> dict[str, Any]:
    """Compare groups of runs across seeds, as `varve compare --format json` does.

    Args:
        groups: architectures, or filters.
        store: path of the store; `$VARVE_STORE` unless given, else `varve.db`.
        options: the command's options, as `metric="val_accuracy"`, `step=10`, `ignore=["params.out"]`.

    """
    return dict(_binary.ask_json(["compare", *_options(options)], _path(store), groups))


def history(
    layer: Optional[str] = None, filter: Optional[str] = None, *, store: Optional[StorePath] = None, **options: Any
) -> list[dict[str, Any]]:
    """Return a layer's variance over time, as `varve history --format json` does.

    Args:
        layer: long or short name; with `metric="loss"` none.
        filter: which runs count; all unless given.
        store: path of the store; `$VARVE_STORE` unless given, else `varve.db`.
        options: the command's options, as `run=3`, `metric="loss"`, `group_by="architecture"`.

    """
    words = [word for word in (layer, filter) if word is not None]
    return list(_binary.ask_json(["history", *_options(options)], _path(store), words))


def frame(sql: str, parameters: Sequence[Any] = (), *, store: Optional[StorePath] = None) -> Any:
    """Return what a question in SQL answers as a pandas DataFrame; the store cannot be changed by it.

    The views are `run_list`, `variances`, `measures`, `run_metrics` and `run_params`.
    """
    import pandas

    connection = _read(_file(store))
    try:
        try:
            cursor = connection.execute(sql, tuple(parameters))
        except _sqlite().Error as error:
            raise VarveError(f"{error}: the question was {' '.join(sql.split())!r}", status=64) from None
        names = [column[0] for column in cursor.description or ()]
        return pandas.DataFrame.from_records(cursor.fetchall(), columns=names)
    finally:
        connection.close()


def metrics(runs: Union[int, Iterable[int], None], key: str, *, store: Optional[StorePath] = None) -> Any:
    """Return a metric of runs as a pandas DataFrame: run, architecture, seed, experiment, step, value.

    Args:
        runs: a number, several, or None for all.
        key: the name of the metric.
        store: path of the store; `$VARVE_STORE` unless given, else `varve.db`.

    """
    sql = "SELECT run, architecture, seed, experiment, step, value FROM run_metrics WHERE key = ?"
    values: list[Any] = [key]
    if runs is not None:
        numbers = [runs] if isinstance(runs, int) else [int(number) for number in runs]
        sql += f" AND run IN ({', '.join('?' * len(numbers))})"
        values += numbers
    return frame(sql + " ORDER BY run, step", values, store=store)


class Picture:
    """An SVG, which a notebook shows."""

    def __init__(self, svg: str) -> None:
        self.svg = svg
        """The text of the SVG."""

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: StorePath) -> None:
        """Write it to a file; one that is there is replaced where it is an SVG too."""
        target = Path(os.path.realpath(path))
        if target.exists():
            start = b""
            if target.is_file():
                with target.open("rb") as file:
                    start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
            if not target.is_file() or (start and not (start.startswith((b"<svg", b"<?xml", b"<!")) and b"<svg" in start)):
                raise VarveError(f"{path} is no SVG picture, and is not replaced: name another file", status=73)
        if target.name.endswith(("-wal", "-shm", "-journal")):
            raise VarveError(f"{path} has a name that SQLite gives to its logs: name another file", status=73)
        target.write_text(self.svg, encoding="utf-8")

    def __repr__(self) -> str:
        return f"<varve.Picture, {len(self.svg)} bytes of SVG>"


def plot(kind: str, *words: Union[str, int], store: Optional[StorePath] = None, **options: Any) -> Picture:
    """Draw a picture, as `varve plot` does; a notebook shows it.

    Args:
        kind: `profile`, `history`, `training`, `curves` or `scatter`.
        words: what the command takes: `plot("curves", "val_accuracy", "none", "batch")`.
        store: path of the store; `$VARVE_STORE` unless given, else `varve.db`.
        options: the command's options, as `title="Depth"`, `width=900`.

    """
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "picture.svg")
        arguments = ["plot", kind, *_options(options), "--output", file]
        _binary.ask(arguments, _path(store), [str(word) for word in words])
        return Picture(Path(file).read_text(encoding="utf-8"))


class Server:
    """The page of a store, while it is served."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.url = url
        """Where the page is."""
        self._process = process

    def stop(self) -> None:
        """End it; it ends with this program too."""
        _served.discard(self)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(30)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<varve.Server at {self.url}>"


# Who drops what `serve` returns wants the page all the same.
_served: set[Server] = set()

# Ends the command when its own standard input ends, which it does with the program that holds the other end.
_UNTIL_END = """
exec 3<&0
"$@" 3<&- &
served=$!
{ read -r _ <&3; kill "$served"; } 2>/dev/null &
wait "$served"
status=$?
kill "$!" 2>/dev/null
exit "$status"
"""


def serve(*, store: Optional[StorePath] = None, open_page: bool = True, **options: Any) -> Server:
    """Serve the page of a store, open it in a browser, and return what ends it.

    Args:
        store: path of the store; `$VARVE_STORE` unless given, else `varve.db`.
        open_page: whether a browser is started.
        options: the command's options, as `port=8080`.

    """
    command = [_binary.find(), "serve", *_options(options)]
    if store is not None:
        command += ["--store", os.fspath(store)]
    said = tempfile.TemporaryFile("w+")
    # A session of its own: Ctrl-C in a notebook or a terminal is for the program.
    process = subprocess.Popen(
        ["/bin/sh", "-c", _UNTIL_END, "sh", *command],
        stdin=subprocess.PIPE, stdout=said, stderr=said, text=True, start_new_session=True,
    )
    deadline = time.monotonic() + 20
    text = ""
    while time.monotonic() < deadline:
        text = os.pread(said.fileno(), 1 << 16, 0).decode("utf-8", "replace")
        found = [word.rstrip(".,;)") for word in text.split() if word.startswith(("http://", "https://"))]
        if found:
            server = Server(process, found[0])
            _served.add(server)
            if open_page:
                import webbrowser

                webbrowser.open(server.url)
            return server
        if process.poll() is not None:
            break
        time.sleep(0.02)
    Server(process, "").stop()
    text = os.pread(said.fileno(), 1 << 16, 0).decode("utf-8", "replace").strip() or "varve serve does not answer"
    raise VarveError(text[7:] if text.startswith("varve: ") else text, status=process.returncode)


PARQUET = {
    "runs": "SELECT * FROM run_list",
    "variances": "SELECT * FROM measures",
    "metrics": "SELECT * FROM run_metrics",
    "params": "SELECT * FROM run_params",
}


def to_parquet(folder: StorePath, *, store: Optional[StorePath] = None, batch: int = 100_000) -> list[str]:
    """Write runs, variances, metrics and params as Parquet, in one folder each and in it one for each experiment.

    Returns the paths of the files. A column of several types (params) is text.
    """
    import duckdb

    path = _file(store)
    target = Path(folder)
    written: list[str] = []
    source = _read(path)
    try:
        source.execute("BEGIN")
        for name, sql in PARQUET.items():
            written += _write_table(duckdb, source, name, sql, target / name, batch)
    finally:
        source.close()
    return written


_TYPES = {int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}
_TEXT_ALWAYS = {"value": {"params"}}
_NUMBERS = {"value", "variance"}


def _write_table(duckdb: Any, source: sqlite3.Connection, name: str, sql: str, folder: Path, batch: int) -> list[str]:
    cursor = source.execute(sql)
    columns = [column[0] for column in cursor.description]
    types = [_column_type(source, sql, column, name) for column in columns]
    folder.mkdir(parents=True, exist_ok=True)
    memory = duckdb.connect(":memory:")
    try:
        fields = ", ".join(f'"{column}" {kind}' for column, kind in zip(columns, types))
        memory.execute(f"CREATE TABLE rows ({fields})")
        holes = ", ".join("?" * len(columns))
        while True:
            rows = cursor.fetchmany(batch)
            if not rows:
                break
            _append(memory, rows, columns, types, holes)
        memory.execute(
            f"COPY rows TO '{_quoted(folder)}' (FORMAT parquet, PARTITION_BY (experiment), OVERWRITE_OR_IGNORE, "
            "WRITE_PARTITION_COLUMNS)"
        )
    finally:
        memory.close()
    return sorted(str(file) for file in folder.rglob("*.parquet"))


def _append(memory: Any, rows: list[Any], columns: list[str], types: list[str], holes: str) -> None:
    converted = [
        [str(value) if kind == "VARCHAR" and value is not None else value for value in values]
        for values, kind in zip(zip(*rows), types)
    ]
    try:
        import pandas
    except ImportError:
        memory.executemany(f"INSERT INTO rows VALUES ({holes})", list(zip(*converted)))
        return
    part = pandas.DataFrame(dict(zip(columns, converted)))
    memory.register("part", part)
    memory.execute("INSERT INTO rows SELECT * FROM part")
    memory.unregister("part")


def _column_type(source: sqlite3.Connection, sql: str, column: str, table: str) -> str:
    """Return the one type of a column: numbers are numbers where all are."""
    if table in _TEXT_ALWAYS.get(column, ()):
        return "VARCHAR"
    if column in _NUMBERS:
        return "DOUBLE"
    sample = source.execute(f'SELECT DISTINCT typeof("{column}") FROM (SELECT "{column}" FROM ({sql}) LIMIT 100000)')
    kinds = {kind for (kind,) in sample} - {"null"}
    if kinds <= {"integer"}:
        return "BIGINT" if kinds else "VARCHAR"
    return "DOUBLE" if kinds <= {"integer", "real"} else "VARCHAR"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _sqlite() -> Any:
    """Return Python's module for SQLite, which some systems leave out: recording does not need it."""
    try:
        import sqlite3
    except ImportError as error:
        raise VarveError(f"this Python has no sqlite3 ({error}): ask by varve.runs, varve.history or `varve sql`") from None
    return sqlite3


def _read(path: str) -> sqlite3.Connection:
    """Open a store in a way that cannot change it."""
    place = urllib.parse.quote(os.path.abspath(path))
    connection: sqlite3.Connection = _sqlite().connect(f"file:{place}?mode=ro", uri=True, timeout=30)
    connection.execute("PRAGMA query_only = 1")
    return connection
