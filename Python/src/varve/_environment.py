"""What a run is executed with, as `varve show` and `varve diff` tell it."""

from __future__ import annotations

import getpass
import os
import platform
import shlex
import subprocess
import sys
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
    """Tell whether git knows the script: `clean`, `changed`, `unknown`; nothing outside of a checkout."""
    folder, name = os.path.split(script)
    # Nothing that the checkout's configuration names is executed.
    command = ["git", "-c", "core.fsmonitor=false", "-C", folder, "status", "--porcelain", "--ignored", "--", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    if done.returncode != 0:
        return None
    if not done.stdout:
        return "clean"
    return "unknown" if done.stdout[:2] in ("??", "!!") else "changed"


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
