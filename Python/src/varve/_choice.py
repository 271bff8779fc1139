"""Which modules of a model are meant."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any

from torch import nn


def unwrapped(model: Any) -> nn.Module:
    """Return the model itself, without what compiles or distributes it."""
    while True:
        if hasattr(model, "_orig_mod"):
            model = model._orig_mod
        elif isinstance(model, (nn.parallel.DistributedDataParallel, nn.DataParallel)):
            model = model.module
        else:
            break
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is {type(model).__name__}: give a torch.nn.Module")
    return model


def entries(root: nn.Module) -> list[nn.Module]:
    """Return the modules whose call is a pass: the model, and of Lightning's, whose steps call its parts, these too."""
    entries = [root]
    if any(kind.__name__ == "LightningModule" for kind in type(root).__mro__):
        parts = list(root.children())
        while parts:
            part = parts.pop()
            if isinstance(part, (nn.ModuleList, nn.ModuleDict)):
                parts += list(part.children())
            elif part not in entries:
                entries.append(part)
    return entries


def blocks_of(modules: Mapping[str, nn.Module]) -> list[str]:
    """Return the members of every list or sequence that are all of one class which is not one of PyTorch's own."""
    found = []
    names = {id(module): name for name, module in modules.items()}
    for module in modules.values():
        if not isinstance(module, (nn.ModuleList, nn.Sequential)):
            continue
        members = list(module)
        kinds = {type(member) for member in members}
        if len(kinds) == 1 and not next(iter(kinds)).__module__.startswith("torch.nn."):
            found += [names[id(member)] for member in members if id(member) in names]
    return found


def chosen(modules: Mapping[str, nn.Module], wanted: Iterable[Any], word: str) -> list[str]:
    """Return the names of the modules that are wanted: by name, by pattern, or themselves."""
    if isinstance(wanted, str):
        wanted = [wanted]
    found: list[str] = []
    for item in wanted:
        if isinstance(item, nn.Module):
            names = [name for name, module in modules.items() if module is item]
            item = type(item).__name__
        else:
            names = [name for name in modules if name == item] or fnmatch.filter(modules, item)
        if not names:
            raise ValueError(f"{word} names {item!r}, which is no module of the model{near(item, modules)}")
        for name in names:
            if isinstance(modules[name], (nn.ModuleList, nn.ModuleDict)):
                members = [id(member) for member in modules[name].children()]
                found += [other for other, module in modules.items() if id(module) in members]
            else:
                found.append(name)
    return found


def near(name: str, modules: Mapping[str, nn.Module]) -> str:
    """Return what may have been meant by a name that is none, as the end of a sentence."""
    import difflib

    found = difflib.get_close_matches(name, [known for known in modules if known], n=3, cutoff=0.3)
    return f": did you mean {', '.join(found)}?" if found else ""
