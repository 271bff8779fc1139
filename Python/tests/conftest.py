"""What the tests share: a store of their own, and questions to it through the command."""

import sqlite3

import pytest

from varve import _binary


class Store:
    def __init__(self, path):
        self.path = str(path)

    def ask(self, *arguments):
        return _binary.ask_json(list(arguments), self.path)

    def show(self, number=1):
        shown = self.ask("show", str(number))
        return shown[0] if isinstance(shown, list) else shown

    def rows(self, sql, *values):
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True) as connection:
            return connection.execute(sql, values).fetchall()

    def variances(self, number=1):
        """By step, by layer."""
        found = {}
        for step, layer, variance in self.rows("SELECT step, layer, variance FROM variances WHERE run = ?", number):
            found.setdefault(step, {})[layer] = variance
        return found

    def metrics(self, number=1):
        """By key, the values with their steps."""
        found = {}
        for key, step, value in self.rows("SELECT key, step, value FROM run_metrics WHERE run = ? ORDER BY step", number):
            found.setdefault(key, []).append((step, value))
        return found


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "varve.db"
    monkeypatch.setenv("VARVE_STORE", str(path))
    for name in ("VARVE_LOG", "VARVE_RUN", "RANK"):
        monkeypatch.delenv(name, raising=False)
    return Store(path)


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    from varve._run import _open_runs

    for run in list(_open_runs):
        run.finish("killed", "a test left it")
