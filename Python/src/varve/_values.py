"""Numbers as programs have them: plain, of NumPy, of PyTorch."""

from __future__ import annotations

import json
import math
import sys
import unicodedata
from collections.abc import Mapping
from typing import Any, Callable, Optional

LEAST, GREATEST = -(2**62), 2**62
_GREATEST_KEY = 250

_good_keys: set[str] = set()
"""Keys that were found to be good: to look at a key again takes longer."""


def numbers(values: Mapping[str, Any], trouble: Callable[[str], None]) -> dict[str, float]:
    """Return the values as Python's numbers; tensors of a GPU come over in one transfer.

    A value that is not one number is a `TypeError` that names the key. A value whose key the store does not take is left
    out, and told once.
    """
    result: dict[str, float] = {}
    distant: Optional[list[tuple[str, Any]]] = None
    for key, value in values.items():
        kind = type(value)
        if key in _good_keys:
            if kind is float:
                result[key] = value
                continue
            if kind is int:
                result[key] = value if -(2**63) <= value < 2**63 else _float(value)
                continue
        else:
            _check_key(key)
            reason = why_not_a_key(key)
            if reason is not None:
                trouble(f"the metric {_excerpt(key)} is not recorded: its name {reason}")
                continue
            if len(_good_keys) < 100_000:
                _good_keys.add(key)
        number = _number(key, value)
        if number is None:
            if distant is None:
                distant = []
            distant.append((key, value))
            number = 0.0
        result[key] = number
    if distant is not None:
        _bring(distant, result)
    return result


def number(key: str, value: Any) -> float:
    """Return one value as a number."""
    found = _number(key, value)
    if found is None:
        result: dict[str, float] = {}
        _bring([(key, value)], result)
        return result[key]
    return found


def why_not_a_key(key: str) -> Optional[str]:
    """Return why the store does not take a key of a metric, a param or a tag; None where it does."""
    if not key:
        return "is empty"
    if len(key) > _GREATEST_KEY:
        return f"is longer than {_GREATEST_KEY} characters"
    if not key.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in key):
        return "contains a control character"
    return None


def taken(kind: str, values: Mapping[str, Any], told: list[str]) -> dict[str, Any]:
    """Return values without those whose keys the store does not take, which are told."""
    result = {}
    for key, value in values.items():
        reason = why_not_a_key(key)
        if reason is None and kind == "tag" and key.startswith("varve."):
            reason = "begins with 'varve.', which is for Varve's own"
        if reason is None:
            result[key] = value
        else:
            told.append(f"the {kind} {_excerpt(key)} is not recorded: its name {reason}")
    return result


def step_of(value: Any) -> int:
    """Return a step as a whole number."""
    try:
        step = value.__index__()
    except (AttributeError, TypeError, ValueError):
        if isinstance(value, float) and value.is_integer():
            step = int(value)
        else:
            raise TypeError(f"step is {_excerpt(value)}: give a whole number") from None
    if not LEAST <= step <= GREATEST:
        raise ValueError(f"step is {step}: give one from -2^62 to 2^62")
    return int(step)


def param(value: Any) -> Any:
    """Return a param as JSON has it: a number, a text, true or false, or the text of anything else."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**63 else str(value)
    if isinstance(value, float):
        value = float(value)
        return value if math.isfinite(value) else str(value)
    try:
        single = _number("", value)
        if single is not None:
            return param(single)
    except TypeError:
        pass
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return _json([param(item) if not isinstance(item, (list, tuple, Mapping)) else item for item in items])
    return str(value)


def _json(value: Any) -> str:
    try:
        return json.dumps(value, default=str)
    except (TypeError, ValueError):
        return str(value)


def params(given: Optional[Any]) -> dict[str, Any]:
    """Return params by key; those of nested dicts have a dot between the keys."""
    result: dict[str, Any] = {}
    if given is not None:
        _flatten(given, "", result)
    return result


def _flatten(given: Any, prefix: str, result: dict[str, Any]) -> None:
    items = given if isinstance(given, Mapping) else vars(given) if hasattr(given, "__dict__") else None
    if items is None:
        raise TypeError(f"params is {_excerpt(given)}: give a dict, such as vars(args)")
    for key, value in items.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            _flatten(value, f"{name}.", result)
        elif name:
            result[name] = param(value)


def _number(key: str, value: Any) -> Optional[float]:
    """Return a number, None for a tensor that is not in this machine's memory, or raise `TypeError`."""
    if isinstance(value, (bool, int)):
        return _float(value) if not -(2**63) <= value < 2**63 else int(value)
    if isinstance(value, float):
        return float(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        if value.numel() != 1 or value.is_complex():
            raise _not_a_number(key, value, f"a tensor of shape {tuple(value.shape)}")
        if value.device.type not in ("cpu", "meta"):
            return None
        return value.detach().item()  # type: ignore[no-any-return]
    if isinstance(value, (str, bytes)) or value is None:
        raise _not_a_number(key, value, _excerpt(value))
    shape = getattr(value, "shape", None)
    if shape is not None and getattr(value, "size", 1) != 1:
        raise _not_a_number(key, value, f"an array of shape {tuple(shape)}")
    try:
        converted = value.item() if hasattr(value, "item") else float(value)
        if not isinstance(converted, (bool, int, float, complex)):  # a long double
            converted = float(converted)
    except Exception:
        raise _not_a_number(key, value, _excerpt(value)) from None
    if isinstance(converted, (bool, int)):
        return _number(key, converted)
    if isinstance(converted, float):
        return converted
    raise _not_a_number(key, value, _excerpt(value))


def _float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _bring(distant: list[tuple[str, Any]], result: dict[str, float]) -> None:
    """Bring tensors of other devices over, those of one device in one transfer."""
    torch = sys.modules["torch"]
    by_device: dict[str, list[tuple[str, Any]]] = {}
    for key, value in distant:
        by_device.setdefault(str(value.device), []).append((key, value))
    for group in by_device.values():
        exact = torch.float32 if group[0][1].device.type == "mps" else torch.float64
        stacked = torch.stack([value.detach().reshape(()).to(exact) for _, value in group])
        for (key, _), number in zip(group, stacked.tolist()):
            result[key] = number


def _check_key(key: Any) -> None:
    if not isinstance(key, str):
        raise TypeError(f"the key {_excerpt(key)} is not a text")
    if not key:
        raise ValueError("a key is empty: give the value a name")


def _not_a_number(key: str, value: Any, words: str) -> TypeError:
    return TypeError(f"{key!r} is {words} ({type(value).__name__}): give a number")


def _excerpt(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
