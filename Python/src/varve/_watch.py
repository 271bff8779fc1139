"""The variance of every layer of a PyTorch model, at every training step."""

from __future__ import annotations

import contextlib
import gc
import itertools
import sys
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook

from ._choice import blocks_of, chosen, entries, near, unwrapped
from ._errors import RecordingError
from ._norms import Norm, is_batch_norm, moments, saved
from ._run import _by_identifier
from ._units import (
    LARGE,
    NEAR,
    Axes,
    Moments,
    Sums,
    can_be_measured,
    first_tensor,
    is_near,
    is_norm,
    is_watched_by_default,
    kind,
    statistics,
    sums,
)

if TYPE_CHECKING:
    from ._run import Run

MEASURE = "population_mean"

_watches: weakref.WeakValueDictionary[int, Watch] = weakref.WeakValueDictionary()
_numbers = itertools.count(1)


# In compiled code, what is measured is handed to operators that change a token: the compiler keeps them, in their order, and
# the graph whole.
_TOKEN = torch.zeros(1)


@torch.library.custom_op("varve::boundary", mutates_args=("token",))  # type: ignore[untyped-decorator]
def _boundary(token: torch.Tensor, watch: int, entry: int, is_beginning: bool, counts: bool) -> None:
    found = _watches.get(watch)
    if found is not None:
        found.begin_pass(counts, entry) if is_beginning else found.end_pass(True, entry)


@torch.library.custom_op("varve::measure", mutates_args=("token",))  # type: ignore[untyped-decorator]
def _measure(token: torch.Tensor, tensor: torch.Tensor, watch: int, unit: int) -> None:
    found = _watches.get(watch)
    if found is not None and found.is_active:
        found.measure(found.units[unit], tensor, may_wait=False)


@torch.library.custom_op("varve::probe", mutates_args=("token",))  # type: ignore[untyped-decorator]
def _probe(token: torch.Tensor, tensor: torch.Tensor, run: int, name: str, has_gradients: bool) -> None:
    found = _by_identifier.get(run)
    if found is not None:
        _probe_now(found, name, tensor, has_gradients)


@torch.library.custom_op("varve::updated", mutates_args=("token",))  # type: ignore[untyped-decorator]
def _updated(token: torch.Tensor, optimizer: int) -> None:
    for watch in list(_watches.values()):
        watch.updated_by(optimizer)


for _operator in (_boundary, _measure, _probe, _updated):
    _operator.register_fake(lambda *arguments: None)


def _skip(code: Any) -> None:
    """Keep a function from being compiled by itself when compiled code calls it."""
    frames = torch._C._dynamo.eval_frame
    with contextlib.suppress(AttributeError):  # A PyTorch that has moved it: each hook then counts as a graph.
        if hasattr(frames, "skip_code"):
            frames.skip_code(code)
        else:
            strategy = frames._FrameExecStrategy(frames._FrameAction.SKIP, frames._FrameAction.DEFAULT)
            frames.set_code_exec_strategy(code, strategy)


_set_compiler: Callable[[Any], Any] = getattr(torch._C._dynamo.eval_frame, "set_eval_frame", lambda compiler: None)


class _Unit:
    """A place that is measured."""

    def __init__(self, module: Optional[nn.Module], name: str, short: str, axis: Optional[int], is_block: bool) -> None:
        self.module = module
        self.name = name
        self.short = short
        self.axis = axis
        self.is_block = is_block
        self.is_norm = module is not None and is_norm(module)
        self.is_batch_norm = is_batch_norm(module)
        self.is_off = False


class _Late:
    """An output that is measured by the batch norm behind it, or when that does not come."""

    def __init__(self, unit: _Unit, name: str, tensor: torch.Tensor) -> None:
        self.unit = unit
        self.name = name
        self.tensor = tensor
        self.version = tensor._version


class _Hook:
    """A hook that is left behind where its model is copied, pickled or saved: it then does nothing, and needs no Varve."""

    def __init__(self, watch: Watch, module: Any, index: int) -> None:
        self.watch = watch
        self.index = index
        self.module: Any = weakref.ref(module)
        self.number = watch.number

    def __deepcopy__(self, _: Any) -> Any:
        return contextlib.nullcontext().__exit__

    def __reduce__(self) -> Any:
        return getattr, (contextlib.nullcontext(), "__exit__")


class _Beginning(_Hook):
    def __call__(self, module: Any, _: Any) -> None:
        if torch.compiler.is_compiling():
            if not torch.compiler.is_exporting():
                counts = module.training and torch.is_grad_enabled()
                torch.ops.varve.boundary(_TOKEN, self.number, self.index, True, counts)
            return
        if module is self.module() and not torch.jit.is_tracing():
            compiler = _set_compiler(None)
            try:
                self.watch.begin_pass(module.training and torch.is_grad_enabled(), self.index)
            finally:
                _set_compiler(compiler)


class _End(_Hook):
    def __call__(self, module: nn.Module, _: Any, output: Any) -> None:
        if torch.compiler.is_compiling():
            if not torch.compiler.is_exporting():
                torch.ops.varve.boundary(_TOKEN, self.number, self.index, False, False)
            return
        if module is self.module():
            compiler = _set_compiler(None)
            try:
                self.watch.end_pass(output is not None, self.index)
            finally:
                _set_compiler(compiler)


class _Output(_Hook):
    def __call__(self, module: nn.Module, inputs: Any, output: Any) -> None:
        if torch.compiler.is_compiling():
            if not torch.compiler.is_exporting():
                tensor = first_tensor(output)
                if tensor is not None and tensor.is_floating_point():
                    torch.ops.varve.measure(_TOKEN, tensor.detach(), self.number, self.index)
            return
        watch = self.watch
        if watch.is_active and module is self.module():
            compiler = _set_compiler(None)
            try:
                watch.measure(watch.units[self.index], output, inputs[0] if inputs else None)
            finally:
                _set_compiler(compiler)


# A hook that is called from compiled code is not compiled by itself; within a module that is compiled it is.
for _hook in (_Beginning, _End, _Output):
    _skip(_hook.__call__.__code__)


class Watch:
    """What is watched of one model; made by `Run.watch`."""

    def __init__(
        self,
        run: Run,
        model: Optional[nn.Module],
        layers: Optional[Sequence[Any]],
        blocks: Optional[Sequence[Any]],
        every: int,
        start: int,
        axis: Mapping[str, int],
        prefix: str,
    ) -> None:
        if every < 1:
            raise ValueError(f"every is {every}: give 1 or more")
        self.number = next(_numbers)
        self.prefix = prefix
        self.units: list[_Unit] = []
        self.is_active = False
        self.is_in_pass = False
        self._entry = 0
        self._run = weakref.ref(run)
        self._every = every
        self._step = start
        self._updates = 0
        self._passes = 0
        self._has_warned = False
        self._axes = Axes()
        self._calls: dict[str, int] = {}
        self._pass: dict[str, tuple[_Unit, Union[Moments, Sums, None]]] = {}
        self._pooled: dict[str, tuple[_Unit, Moments]] = {}
        self._pooled_step = start
        self._declared: dict[str, str] = {}
        self._norm_output: Any = None
        self._late: Optional[_Late] = None
        self._former: Optional[tuple[str, Any, int]] = None
        self._spared: dict[str, bool] = {}
        self._norms: list[Norm] = []
        self._near: set[str] = set()
        self._probes: dict[str, _Unit] = {}
        self._owned: weakref.WeakKeyDictionary[Any, tuple[int, bool]] = weakref.WeakKeyDictionary()
        self._stepped: set[int] = set()
        self._had_pass = False
        self._handles: list[Any] = []
        self._root: Any = None
        if model is not None:
            root = unwrapped(model)
            self._root = weakref.ref(root)
            self._install(root, layers, blocks, axis)
            dynamo = sys.modules.get("torch._dynamo")
            if dynamo is not None and (model is not root or getattr(root, "_compiled_call_impl", None) is not None):
                # What was compiled before has no hooks in it.
                dynamo.reset()
        _watches[self.number] = self
        _hook_optimizers()

    @classmethod
    def of_probes(cls, run: Run) -> Watch:
        """Return what counts the steps of a run in which tensors are probed and no model is watched."""
        return cls(run, None, None, None, 1, 0, {}, "")

    @property
    def layers(self) -> list[str]:
        """The names of what is watched."""
        return [unit.name for unit in self.units]

    @property
    def root(self) -> Optional[nn.Module]:
        """The model."""
        return None if self._root is None else self._root()

    def is_of(self, model: Any, prefix: str) -> bool:
        """Tell whether this model is watched under this prefix."""
        return self._root is not None and self._root() is unwrapped(model) and self.prefix == prefix

    # What is watched.

    def _install(
        self,
        root: nn.Module,
        layers: Optional[Sequence[Any]],
        blocks: Optional[Sequence[Any]],
        axis: Mapping[str, int],
    ) -> None:
        modules = {
            name: module
            for name, module in root.named_modules()
            if "parametrizations" not in name.split(".")
        }
        residual = blocks_of(modules) if blocks is None and layers is None else chosen(modules, blocks or (), "blocks")
        plain = (
            [name for name, module in modules.items() if is_watched_by_default(module)]
            if layers is None
            else chosen(modules, layers, "layers")
        )
        for name in axis:
            if name not in modules:
                raise ValueError(f"axis names {name!r}, which is no module of the model{near(name, modules)}")
        watched = [name for name in modules if name in set(residual) | set(plain)]
        ordinals: dict[str, int] = {}
        longs = {name: name or kind(root) for name in watched}
        for name in watched:
            module = modules[name]
            word = "residual" if name in residual else kind(module)
            ordinals[word] = ordinals.get(word, 0) + 1
            short = f"{word}{ordinals[word]}"
            # No short name is another layer's long one.
            if short in longs.values() and longs[name] != short:
                short = longs[name]
            unit = _Unit(module, self.prefix + longs[name], self.prefix + short, axis.get(name), name in residual)
            self.units.append(unit)
        run = self._run()
        if run is None or run._transport is None:
            return
        passes = entries(root)
        for index, entry in enumerate(passes):
            self._handles.append(entry.register_forward_pre_hook(_Beginning(self, entry, index), prepend=True))
        for index, unit in enumerate(self.units):
            if unit.module is not None:
                self._handles.append(unit.module.register_forward_hook(_Output(self, unit.module, index)))
        for index, entry in enumerate(passes):
            self._handles.append(entry.register_forward_hook(_End(self, entry, index), always_call=True))

    # Passes.

    def begin_pass(self, counts: bool, entry: int = 0) -> None:
        """Begin a pass of the model; `counts` where it is in training mode with gradients on."""
        if self.is_in_pass and entry != self._entry:
            return
        self._entry = entry
        self.is_in_pass = True
        self.is_active = False
        run = self._run()
        if not counts or run is None or not run.is_recording:
            return
        self._go_to_step(run)
        if self._step % self._every == 0:
            self.is_active = True
            self._calls.clear()
            self._pass.clear()
            self._norms.clear()
            self._axes.reset()
            self._late = self._former = None

    def end_pass(self, is_whole: bool, entry: int = 0) -> None:
        """End a pass; one that was left by an exception does not count."""
        if entry != self._entry:
            return
        self.is_in_pass = False
        if not self.is_active:
            return
        self.is_active = False
        if is_whole:
            self._settle(None, False)
            self._take_sums()
            self._take_norms()
            self._passes += 1
            for name, (unit, measured) in self._pass.items():
                if isinstance(measured, Moments):
                    self._pool(name, unit, measured)
        self._pass.clear()
        self._norms.clear()
        self._norm_output = self._late = self._former = None

    def measure(self, unit: _Unit, output: Any, given: Any = None, may_wait: bool = True) -> None:
        """Measure a module's output, within a pass; `given` is what the module was given.

        Compiled code may write into the memory of an output at once; an output of it must not wait.
        """
        try:
            kept = saved(unit.module, given, output) if unit.is_batch_norm and not unit.is_off else None
            before = self._settle(given, kept is not None)
            if unit.is_off:
                return
            tensor = output if kept is not None else first_tensor(output)
            if tensor is None or not can_be_measured(tensor):
                return
            call = self._calls.get(unit.name, 0) + 1
            self._calls[unit.name] = call
            name = unit.name if call == 1 else f"{unit.name}:{call}"
            if unit.is_norm:
                self._norm_output = weakref.ref(tensor)
            if kept is not None:
                self._norms.append(Norm(name, before, unit.module, tensor.numel() // tensor.shape[1], *kept))
            is_spared = may_wait and self._spared.get(name, False) and (kept is not None or not unit.is_batch_norm)
            if is_spared and tensor.dim() > 3:
                self._axes.reset()
            else:
                axis = self._axes.of(unit.module, tensor, unit.is_block)
                if unit.axis is not None:
                    axis = unit.axis % tensor.dim()
            if not is_spared:
                with torch.no_grad():
                    one_pass = sums(tensor.detach(), axis) if name in self._near else None
                    self._pass[name] = unit, one_pass or statistics(tensor.detach(), axis)
                if tensor.numel() >= LARGE and axis == 1:
                    self._former = (name, weakref.ref(tensor), tensor._version)
                return
            # Until the pass ends it has but its place.
            self._pass[name] = unit, None
            if kept is None:
                self._late = _Late(unit, name, tensor)
        except RecordingError:
            raise
        except Exception as error:
            self._fail(unit, error)

    def _settle(self, given: Any, is_kept: bool) -> Optional[str]:
        """Return the name of the layer before, if a batch norm was given its output; measure that now if it was to be."""
        late, self._late = self._late, None
        former, self._former = self._former, None
        if late is None:
            if is_kept and former is not None and former[1]() is given and given._version == former[2]:
                return former[0]
            return None
        if late.version != late.tensor._version:
            self._spared[late.name] = False
            self._lose(late.name, "its output was changed in place")
        elif is_kept and late.tensor is given:
            return late.name
        else:
            try:
                with torch.no_grad():
                    self._pass[late.name] = late.unit, statistics(late.tensor.detach(), 1)
            except Exception as error:
                self._fail(late.unit, error)
        return None

    def _take_sums(self) -> None:
        """Compute the moments of what was summed in the pass: many small operations are faster together.

        A layer is summed, unchecked, in the step after one in which one pass was enough.
        """
        for name, (unit, measured) in self._pass.items():
            try:
                with torch.no_grad():
                    if isinstance(measured, Sums):
                        self._pass[name] = unit, self._moments(name, measured)
                    elif measured is not None and _is_summed(measured) and is_near(measured, NEAR):
                        self._near.add(name)
            except RecordingError:
                raise
            except Exception as error:
                self._fail(unit, error)

    def _moments(self, name: str, summed: Sums) -> Optional[Moments]:
        found = summed.moments()
        if is_near(found, NEAR):
            return found
        self._near.discard(name)
        if is_near(found, 4 * NEAR) or not bool(found.variance.isfinite().all()):
            return found
        self._lose(name, "its mean went far from 0 within one step")
        return None

    def _take_norms(self) -> None:
        """Take what the batch norms of a pass tell of the layers before them and of themselves.

        A layer is spared a pass over its output once what was measured of it is what the norm told.
        """
        norms, self._norms = self._norms, []
        if not norms:
            return
        try:
            with torch.no_grad():
                for norm, given, output, is_exact in moments(norms):
                    for name, told in ((norm.before, given), (norm.name, output)):
                        if name is None or name not in self._pass:
                            continue
                        unit, measured = self._pass[name]
                        if measured is None:
                            self._pass[name] = unit, told
                            if not is_exact:
                                del self._spared[name]
                        elif is_exact and name not in self._spared and isinstance(measured, Moments):
                            self._spared[name] = _is_same(measured, told)
        except Exception as error:
            for unit, measured in self._pass.values():
                if measured is None:
                    self._fail(unit, error)

    def _lose(self, name: str, reason: str) -> None:
        run = self._run()
        if run is not None:
            text = f"the layer {name} is not recorded at step {self._step}: {reason}"
            if run._on_error == "raise":
                raise RecordingError(text)
            run._warn(text)

    def probe(self, name: str, tensor: torch.Tensor) -> None:
        """Measure a tensor that is no module's output."""
        unit = self._probes.get(name)
        if unit is None:
            unit = self._probes[name] = _Unit(None, self.prefix + name, self.prefix + name, None, False)
            unit.is_norm = self._norm_output is not None and self._norm_output() is tensor
        if self.is_active:
            self.measure(unit, tensor)
            return
        run = self._run()
        if self.is_in_pass or run is None or not run.is_recording:
            return
        self._go_to_step(run)
        if self._step % self._every == 0:
            self._axes.reset()
            self._calls.clear()
            self.measure(unit, tensor, may_wait=False)
            self._take_sums()
            for key, (_, measured) in self._pass.items():
                if isinstance(measured, Moments):
                    self._pool(key, unit, measured)
            self._pass.clear()
            self._calls.clear()

    def _pool(self, name: str, unit: _Unit, measured: Moments) -> None:
        """Take passes before one update as one batch (Chan, Golub and LeVeque, 1979)."""
        if name not in self._pooled:
            self._pooled[name] = unit, measured
            return
        count, mean, variance = measured
        count_before, mean_before, variance_before = self._pooled[name][1]
        if mean.shape != mean_before.shape or count + count_before == 0:
            self._pooled[name] = unit, measured
            return
        whole = count + count_before
        share = count / whole
        difference = mean - mean_before
        pooled = variance_before + (variance - variance_before) * share + difference.square() * (share * (1 - share))
        self._pooled[name] = unit, Moments(whole, mean_before + difference * share, pooled)

    def _fail(self, unit: _Unit, error: Exception) -> None:
        unit.is_off = True
        run = self._run()
        if run is None:
            return
        text = f"the layer {unit.name} cannot be measured and is left out from here on: {type(error).__name__}: {error}"
        if run._on_error == "raise":
            raise RecordingError(text) from error
        run._warn(text)

    # Steps.

    def set_step(self, number: int) -> None:
        """Set the number of the step that the next pass belongs to."""
        if number != self._step:
            self.flush()
        self._step = number
        self._updates += 1

    def updated(self, optimizer: Any) -> None:
        """Count an update, if the optimiser has parameters of the model.

        Several optimisers that share the work between them (one for matrices, one for the rest) make one step.
        """
        groups = len(optimizer.param_groups)
        asked, owns = self._owned.get(optimizer, (0, False))
        if asked != groups:
            owns = owns or self._owns(optimizer)
            self._owned[optimizer] = groups, owns
        if not owns:
            return
        number = id(optimizer)
        if not self._had_pass and self._stepped and number not in self._stepped:
            self._stepped.add(number)
            return
        self._had_pass = False
        self._stepped = {number}
        self._updates += 1
        self.flush()
        self._step += 1

    def updated_by(self, number: int) -> None:
        """Count an update of an optimiser whose compiled code says so by a number."""
        optimizer = _optimizers.get(number)
        if optimizer is None:
            found = (thing for thing in gc.get_objects() if id(thing) == number)
            optimizer = next((thing for thing in found if isinstance(thing, torch.optim.Optimizer)), None)
            if optimizer is None:
                return
            _optimizers[number] = optimizer
        self.updated(optimizer)

    def _owns(self, optimizer: Any) -> bool:
        if self._root is None:
            return True
        root = self._root()
        if root is None:
            return False
        own = {id(parameter) for parameter in root.parameters()}
        return any(id(parameter) in own for group in optimizer.param_groups for parameter in group["params"])

    def _go_to_step(self, run: Run) -> None:
        if self._step != self._pooled_step:
            self.flush()
            self._pooled_step = self._step
        self._had_pass = True
        run._last_pass = self._step
        if self._passes >= 100 and self._updates == 0 and not self._has_warned:
            self._has_warned = True
            run._warn(
                "100 training passes and no update by an optimiser of PyTorch that has the model's parameters: all are "
                "recorded as one step; say run.step(n) before each step"
            )

    def flush(self) -> None:
        """Hand over what was measured in the step."""
        if not self._pooled:
            return
        pooled, self._pooled = self._pooled, {}
        run = self._run()
        if run is None or not run.is_recording:
            return
        try:
            with torch.no_grad():
                values = _means([measured.variance for _, measured in pooled.values()])
        except Exception as error:
            run._warn(f"the variances of step {self._pooled_step} are lost: {type(error).__name__}: {error}")
            return
        lines: list[dict[str, Any]] = []
        found: dict[str, float] = {}
        for (name, (unit, _)), value in zip(pooled.items(), values):
            if name not in self._declared:
                lines += self._declaration(run, name, unit)
            if self._declared[name]:
                found[name] = value
        lines.append({"step": self._pooled_step, "variances": found})
        run._record_pass(lines, self._pooled_step)

    def _declaration(self, run: Run, name: str, unit: _Unit) -> list[dict[str, Any]]:
        short = unit.short + name[len(unit.name) :]
        taken = [layer for watch in run._watches for layer in watch._declared.items()]
        if any(name in pair or short in pair for pair in taken):
            self._declared[name] = ""
            run._warn(f"the name {name} is that of another layer: what goes by it here is not recorded; give a prefix")
            return []
        self._declared[name] = short
        line = {"layer": name, "measure": MEASURE, "after_norm": unit.is_norm}
        if short != name:
            line["name"] = short
        return [line]

    def end(self) -> None:
        """Hand over the rest, and leave the model."""
        self.flush()
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self.is_active = False
        _watches.pop(self.number, None)


def probe(run: Run, name: str, tensor: Any) -> Any:
    """Measure a tensor, and return it."""
    found = first_tensor(tensor)
    if found is None:
        raise TypeError(f"{name!r} is {type(tensor).__name__}: give a tensor")
    if torch.compiler.is_compiling():
        if not torch.compiler.is_exporting():
            torch.ops.varve.probe(_TOKEN, found.detach(), run._identifier, name, torch.is_grad_enabled())
        return tensor
    if not torch.jit.is_tracing():
        compiler = _set_compiler(None)
        try:
            _probe_now(run, name, found, torch.is_grad_enabled())
        finally:
            _set_compiler(compiler)
    return tensor


def _probe_now(run: Run, name: str, tensor: torch.Tensor, has_gradients: bool) -> None:
    if run._transport is None or run._is_finished:
        run._say_finished()
        return
    watches = run._all_watches()
    within = [watch for watch in watches if watch.is_in_pass]
    if within:
        within[-1].probe(name, tensor)
        return
    first = next((watch for watch in watches if watch.root is not None), watches[0])
    root = first.root
    if has_gradients and (root is None or root.training):
        first.probe(name, tensor)


_optimizers: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
_optimizer_handle: Any = None


def _hook_optimizers() -> None:
    global _optimizer_handle
    if _optimizer_handle is None:
        _optimizer_handle = register_optimizer_step_post_hook(_after_update)


def _after_update(optimizer: Any, _arguments: Any, _keywords: Any) -> None:
    if torch.compiler.is_compiling():
        torch.ops.varve.updated(_TOKEN, id(optimizer))
        return
    compiler = _set_compiler(None)
    try:
        for watch in list(_watches.values()):
            watch.updated(optimizer)
    finally:
        _set_compiler(compiler)


def _means(variances: list[torch.Tensor]) -> list[float]:
    """Return the mean over the units of each layer, in one transfer from each device."""
    sizes = [variance.numel() for variance in variances]
    if sum(sizes) <= 1 << 14 and all(variance.device.type == "cpu" for variance in variances):
        flat = iter(torch.cat([variance.reshape(-1) for variance in variances]).tolist())
        return [sum(itertools.islice(flat, size)) / size for size in sizes]
    means = [variance.mean() for variance in variances]
    by_device: dict[torch.device, list[int]] = {}
    for index, mean in enumerate(means):
        by_device.setdefault(mean.device, []).append(index)
    result = [0.0] * len(means)
    for indices in by_device.values():
        for index, value in zip(indices, torch.stack([means[index].float() for index in indices]).tolist()):
            result[index] = value
    return result


def _is_summed(measured: Moments) -> bool:
    """Tell whether one pass over such an output matters; to look at numbers of a GPU would wait for it."""
    return str(measured.mean.device.type) == "cpu" and measured.size * int(measured.mean.numel()) >= LARGE


def _is_same(one: Moments, other: Moments) -> bool:
    return (
        one.size == other.size
        and torch.allclose(one.variance, other.variance, rtol=1e-4, atol=0)
        and bool(((one.mean - other.mean).square() <= 1e-6 * one.variance).all())
    )
