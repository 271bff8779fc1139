"""Where the command `varve` is, and how it is asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, Optional

from ._errors import VarveError


def find() -> str:
    """Return the path of the command.

    The one that came with the package, else `$VARVE_BIN`, else the one on the `PATH`.
    """
    bundled = Path(__file__).parent / "bin" / "varve"
    if os.access(bundled, os.X_OK):
        return str(bundled)
    named = os.environ.get("VARVE_BIN")
    if named:
        if os.access(named, os.X_OK):
            return named
        raise VarveError(f"$VARVE_BIN is {named}, which cannot be executed: set it to the built command")
    found = _on_path()
    if found is None:
        raise VarveError(
            "the command varve is not there: install the wheel that brings it, put it on the PATH, or set VARVE_BIN to it"
        )
    return found


def _on_path() -> Optional[str]:
    """Find the command on the PATH, but never the entry point of this package, which would ask itself."""
    own = Path(sys.argv[0]).resolve() if sys.argv and sys.argv[0] else None
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        found = shutil.which("varve", path=folder) if folder else None
        if found is None or Path(found).resolve() == own:
            continue
        with open(found, "rb") as file:
            if file.read(2) != b"#!":
                return found
    return None


def main() -> NoReturn:
    """Become the command: the entry point `varve`."""
    try:
        binary = find()
    except VarveError as error:
        print(f"varve: {error}", file=sys.stderr)
        raise SystemExit(69) from None
    os.execv(binary, [binary, *sys.argv[1:]])


def ask(
    arguments: Sequence[str],
    store: Optional[str] = None,
    words: Sequence[str] = (),
    timeout: Optional[float] = None,
) -> str:
    """Ask the command, and return what it prints; `words` are no options, whatever they begin with.

    Raises `VarveError` with the command's own line where it does not answer.
    """
    command = [find(), *arguments]
    if store is not None:
        command += ["--store", os.fspath(store)]
    if words:
        command += ["--", *words]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False
    )
    if done.returncode != 0:
        said = done.stderr.strip() or f"varve ended with status {done.returncode}"
        raise VarveError(said[7:] if said.startswith("varve: ") else said, status=done.returncode)
    return done.stdout


def ask_json(arguments: Sequence[str], store: Optional[str] = None, words: Sequence[str] = ()) -> Any:
    """Ask the command, and return its answer as lists and dicts."""
    return json.loads(ask([*arguments, "--format", "json"], store, words))
