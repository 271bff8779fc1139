"""A logger for Lightning: `Trainer(logger=VarveLogger("cifar"))`."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any, Optional, Union

try:
    from lightning.pytorch.loggers.logger import Logger, rank_zero_experiment
    from lightning.pytorch.utilities.rank_zero import rank_zero_only
except ImportError:  # the older name of the package
    from pytorch_lightning.loggers.logger import Logger, rank_zero_experiment
    from pytorch_lightning.utilities.rank_zero import rank_zero_only

from ._logger import Recorder
from ._run import Run

__all__ = ["VarveLogger"]


class VarveLogger(Logger):  # type: ignore[misc]
    """Records what Lightning logs.

    Args:
        experiment: groups runs; `Default` unless given.
        name: what the run is called.
        run: a run that is there already; the program then ends it.
        watch: whether the variance of every layer is recorded of the module that is trained.
        options: as of `varve.run`.

    """

    def __init__(
        self,
        experiment: Optional[str] = None,
        name: Optional[str] = None,
        run: Optional[Run] = None,
        watch: bool = True,
        **options: Any,
    ) -> None:
        super().__init__()
        self._experiment_name = experiment
        self._recorder = Recorder(experiment, run, {"name": name, **options})
        self._watches = watch

    @property
    @rank_zero_experiment  # type: ignore[untyped-decorator]
    def experiment(self) -> Run:
        """The run."""
        return self._recorder.run

    @property
    def name(self) -> Optional[str]:
        """The experiment."""
        return self._experiment_name or "Default"

    @property
    def version(self) -> Optional[Union[int, str]]:
        """The number of the run; None before it begins."""
        return self._recorder.run.number if self._recorder.has_begun else None

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_hyperparams(self, params: Union[dict[str, Any], Namespace, None] = None, *_: Any, **more: Any) -> None:
        """Record params."""
        given = vars(params) if isinstance(params, Namespace) else dict(params or {})
        self._recorder.add_params({**given, **more})

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_metrics(self, metrics: dict[str, Any], step: Optional[int] = None) -> None:
        """Record metrics."""
        self._recorder.log(metrics, step)

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_graph(self, model: Any, input_array: Any = None) -> None:
        """Watch the model: Lightning says here which one it trains."""
        if self._watches:
            self.experiment.watch(model)

    @rank_zero_only  # type: ignore[untyped-decorator]
    def save(self) -> None:
        """Do nothing: what is logged is handed over at once."""

    @rank_zero_only  # type: ignore[untyped-decorator]
    def finalize(self, status: str) -> None:
        """End the run; after success only when the program ends, which may test before."""
        if status == "success":
            self._recorder.expect()
        else:
            self._recorder.finish(sys.exc_info()[1], has_failed=status not in ("finished",))
