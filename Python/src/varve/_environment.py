"""What a run is executed with, as `varve show` and `varve diff` tell it."""

from __future__ import annotations

import getpass
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional


def environment() -> dict[str, Any]:
    """Return command line, script, Python, PyTorch, CUDA and GPUs, versions of imported packages, user and host."""
    found: dict[str, Any] = {
        "command": shlex.join(sys.orig_argv) if hasattr(sys, "orig_argv") else shlex.join(sys.argv),
        "python": platform.python_version(),
        "host": platform.node(),
        "user": _user(),
    }
    script = _script()
    if script is not None:
        found["script"] = script
        found["script_in_git"] = _in_git(script)
    torch = sys.modules.get("torch")
    if torch is not None:
        found["torch"] = str(torch.__version__)
        found.update(_gpus(torch))
    packages = _packages()
    if packages:
        found["packages"] = packages
    return {key: value for key, value in found.items() if value is not None}


def _user() -> Optional[str]:
    try:
        return getpass.getuser()
    except Exception:
        return None


def _script() -> Optional[str]:
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    return os.path.abspath(path) if isinstance(path, str) else None


def _in_git(script: str) -> Optional[str]:
    """Tell whether git knows the script: `clean`, `changed`, `unknown`; nothing where that cannot be known.

    A checkout may be anybody's, and its configuration can name programs: filters, file monitors, helpers that fetch. None is
    executed: git only says what it knows of the file, and the content is compared here.
    """
    folder, name = os.path.split(script)
    known = _git(folder, "ls-files", "--stage", "-z", "--", ":(literal)" + name)
    if known is None:
        return None
    if not known:
        return "unknown"
    entry = known.split(b"\t")[0].decode().split()
    head = _git(folder, "ls-tree", "-z", "HEAD", "--", ":(literal)" + name)
    try:
        content = os.fsencode(os.readlink(script)) if os.path.islink(script) else Path(script).read_bytes()
    except OSError:
        return None
    if head is None:
        return None
    if not head or head.split(b"\t")[0].decode().split()[2] != entry[1]:
        return "changed"
    # Windows' line ends may be git's doing.
    if entry[1] in (_blob(content, entry[1]), _blob(content.replace(b"\r\n", b"\n"), entry[1])):
        return "clean"
    attribute = _git(folder, "check-attr", "-z", "filter", "--", name)
    # Only a filter could tell whether such a file differs.
    return "changed" if attribute and attribute.split(b"\0")[2] in (b"unspecified", b"unset") else None


def _blob(content: bytes, like: str) -> str:
    digest = hashlib.sha1(usedforsecurity=False) if len(like) == 40 else hashlib.sha256()
    digest.update(b"blob %d\0" % len(content) + content)
    return digest.hexdigest()


def _git(folder: str, *words: str) -> Optional[bytes]:
    """Return what git prints; nothing where it fails or takes too long."""
    program = shutil.which("git")
    # A relative entry of PATH may lead into the checkout.
    if program is None or not os.path.isabs(program):
        return None
    settings = {
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C",
    }
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | settings
    command = [program, "--no-pager", "-c", "core.fsmonitor=false", "-C", folder, *words]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=5, check=False, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def _gpus(torch: Any) -> dict[str, Any]:
    try:
        if not torch.cuda.is_available():
            return {}
        names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
        return {"cuda": torch.version.cuda, "gpus": ", ".join(names)}
    except Exception:
        return {}


def _packages() -> dict[str, str]:
    """Return the versions of the packages that are imported, as they tell them."""
    found: dict[str, str] = {}
    standard: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())
    for name, module in sorted(sys.modules.items()):
        if "." in name or name.startswith("_") or name in standard or name == "torch":
            continue
        version = getattr(module, "__dict__", {}).get("__version__")
        if isinstance(version, str) and len(version) <= 60:
            found[name] = version
    return found
