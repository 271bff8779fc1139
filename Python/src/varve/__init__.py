"""Varve: the variance of every layer at every step, in one SQLite file.

    import varve

    with varve.run("cifar", name="resnet20", seed=0, params=vars(args)) as run:
        run.watch(model)
        for step, (x, y) in enumerate(loader):
            ...
            run.log({"loss": loss}, step=step)

`varve.lightning`, `varve.transformers`, `varve.accelerate` and `varve.importers` are modules of their own.
"""

from __future__ import annotations

from ._ask import Picture, Server, compare, frame, history, metrics, plot, runs, serve, show, to_parquet
from ._errors import RecordingError, RecordingWarning, VarveError
from ._run import Run, run
from ._version import __version__

__all__ = [
    "Picture",
    "RecordingError",
    "RecordingWarning",
    "Run",
    "Server",
    "VarveError",
    "__version__",
    "compare",
    "frame",
    "history",
    "metrics",
    "plot",
    "run",
    "runs",
    "serve",
    "show",
    "to_parquet",
]
