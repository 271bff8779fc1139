"""What a unit of a layer is, and the statistics over it."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, NamedTuple, Optional

import torch
from torch import nn

_CONVOLUTIONS = nn.modules.conv._ConvNd
_NORMS = (
    nn.modules.batchnorm._NormBase,
    nn.LayerNorm,
    nn.GroupNorm,
    nn.LocalResponseNorm,
    *([nn.RMSNorm] if hasattr(nn, "RMSNorm") else []),
)
_CHANNEL_NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LocalResponseNorm)
_RECURRENT = (nn.RNNBase, nn.RNNCellBase)
_ACTIVATIONS = tuple(
    kind
    for kind in vars(nn.modules.activation).values()
    if isinstance(kind, type) and issubclass(kind, nn.Module) and kind not in (nn.Module, nn.MultiheadAttention)
)
_POOLINGS = tuple(
    kind
    for kind in vars(nn.modules.pooling).values()
    if isinstance(kind, type) and issubclass(kind, nn.Module) and kind is not nn.Module
)
_LAST = (nn.Linear, nn.Bilinear, nn.Embedding, nn.EmbeddingBag, nn.LayerNorm, *_RECURRENT, nn.MultiheadAttention)

LARGE = 1 << 16
"""From so many elements on one pass over them is worth its check."""
NEAR = 16.0
"""How many variances the square of a mean may be for one pass to have the digits of two."""


class Moments(NamedTuple):
    """Of the units of a tensor: over how many values, the means, and the population variances."""

    size: int
    mean: torch.Tensor
    variance: torch.Tensor


def is_norm(module: nn.Module) -> bool:
    """Tell whether a module is a norm, of PyTorch's or by its name."""
    return isinstance(module, _NORMS) or (
        re.search(r"norm(\dd)?$", type(module).__name__, re.IGNORECASE) is not None and not any(module.children())
    )


def is_activation(module: nn.Module) -> bool:
    """Tell whether a module is one of PyTorch's activations."""
    return isinstance(module, _ACTIVATIONS)


def is_watched_by_default(module: nn.Module) -> bool:
    """Tell whether a module is a leaf with weights or a norm."""
    if is_norm(module):
        return True
    if is_activation(module) or isinstance(module, (nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict)):
        return False
    # A parametrized module (weight norm, low rank) keeps its weights in a child of that name.
    children = [name for name, _ in module.named_children() if name != "parametrizations"]
    has_own = any(True for _ in module.parameters(recurse=False)) or hasattr(module, "parametrizations")
    return has_own and (not children or isinstance(module, nn.MultiheadAttention))


def kind(module: nn.Module) -> str:
    """Return the word that short names begin with."""
    if isinstance(module, _CONVOLUTIONS):
        return "conv"
    if is_norm(module):
        return "norm"
    if isinstance(module, (nn.Linear, nn.Bilinear)) or type(module).__name__ == "Conv1D":  # GPT-2's linear layer
        return "linear"
    if isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
        return "embedding"
    if isinstance(module, nn.MultiheadAttention):
        return "attention"
    if isinstance(module, _RECURRENT):
        return "recurrent"
    return type(module).__name__.lower()


class Axes:
    """Finds the axis of the units; in three dimensions it depends on the module before."""

    def __init__(self) -> None:
        self._before: Optional[tuple[tuple[int, ...], int]] = None

    def reset(self) -> None:
        """Forget the module before: a pass begins."""
        self._before = None

    def of(self, module: Optional[nn.Module], tensor: torch.Tensor, is_block: bool = False) -> int:
        """Return the axis of a module's output.

        Axis 1 from 4 dimensions on and for convolutions, else the last; for what has its features in the last one by its
        kind, always that one. In 3 dimensions a norm, activation, pooling or block behind a convolution has the
        convolution's.
        """
        axis = int(self._of(module, tensor, is_block))
        if tensor.dim() == 3:
            self._before = (tuple(tensor.shape), axis)
        elif not is_block:
            self._before = None
        return axis

    def _of(self, module: Optional[nn.Module], tensor: torch.Tensor, is_block: bool) -> int:
        dimensions = int(tensor.dim())
        if isinstance(module, _CONVOLUTIONS):
            # Of a picture without a batch too.
            return dimensions - len(tuple(module.kernel_size)) - 1
        if dimensions == 3 and module is not None:
            if isinstance(module, _CHANNEL_NORMS):
                return 1
            if self._before is not None and self._before[1] == 1:
                shape = self._before[0]
                if isinstance(module, _POOLINGS) and tensor.shape[:2] == shape[:2]:
                    return 1
                # A tensor that was transposed in between has another shape.
                if (is_block or is_norm(module) or is_activation(module)) and tuple(tensor.shape) == shape:
                    return 1
            return 2
        if isinstance(module, _LAST) or dimensions < 4:
            return dimensions - 1
        return 1


class Sums(NamedTuple):
    """What one pass over a tensor finds; as good as two passes where the means are not far from 0 beside the deviations."""

    size: int
    shape: tuple[int, int]
    """How many rows each unit has, and how many units there are."""
    means: torch.Tensor
    norms: torch.Tensor

    def moments(self) -> Moments:
        """Return the moments."""
        mean = self.means.view(self.shape).mean(0)
        squares = self.norms.square().view(self.shape).sum(0).div_(self.size)
        return Moments(self.size, mean, squares.addcmul_(mean, mean, value=-1))


def is_near(moments: Moments, limit: float) -> bool:
    """Tell whether no square of a mean is more than `limit` variances: one pass loses digits in proportion to that."""
    return float(torch.addcmul(moments.variance, moments.mean, moments.mean, value=-1 / limit).min()) >= 0


def sums(tensor: torch.Tensor, axis: int) -> Optional[Sums]:
    """Return what one pass finds, of a tensor that is large enough for it to matter and has its units in rows."""
    if tensor.numel() < LARGE or axis == tensor.dim() - 1 or tensor.device.type != "cpu" or not tensor.is_contiguous():
        return None
    if tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.float()
    shape = tensor.shape[:axis].numel(), tensor.shape[axis]
    rows = tensor.view(shape[0] * shape[1], -1)
    count = tensor.numel() // shape[1]
    return Sums(count, shape, rows.mean(1), torch.linalg.vector_norm(rows, dim=1))


def statistics(tensor: torch.Tensor, axis: int) -> Moments:
    """Return over how many values each unit was measured, and the units' means and population variances.

    Two passes in float32 (in float64 for a tensor of float64): the mean, then the squares of what is left without it.
    """
    one_pass = sums(tensor, axis)
    if one_pass is not None:
        found = one_pass.moments()
        if is_near(found, NEAR):
            return found
    if tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.float()
    units = tensor.shape[axis]
    count = tensor.numel() // max(units, 1)
    if axis == tensor.dim() - 1:
        return Moments(count, *_of_columns(tensor.reshape(-1, units)))
    last = tensor.movedim(axis, -1)
    if last.is_contiguous():  # channels_last
        return Moments(count, *_of_columns(last.reshape(-1, units)))
    before = tensor.shape[:axis].numel()
    rows = tensor.reshape(before, units, -1)
    mean = rows.mean(2).mean(0)
    return Moments(count, mean, (rows - mean[:, None]).square_().mean(2).mean(0))


def _of_columns(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    mean = rows.mean(0)
    return mean, (rows - mean).square_().mean(0)


def first_tensor(output: Any) -> Optional[torch.Tensor]:
    """Return the tensor of a module's output that counts: the first one."""
    if isinstance(output, torch.Tensor):
        return output
    if isinstance(output, nn.utils.rnn.PackedSequence):
        return output.data
    if isinstance(output, dict):
        output = list(output.values())
    elif dataclasses.is_dataclass(output) and not isinstance(output, type):
        output = [getattr(output, field.name, None) for field in dataclasses.fields(output)]
    if isinstance(output, (tuple, list)):
        for part in output:
            found = first_tensor(part)
            if found is not None:
                return found
    return None


def can_be_measured(tensor: torch.Tensor) -> bool:
    """Tell whether a tensor has numbers in this moment."""
    if not tensor.is_floating_point() or tensor.dim() == 0 or tensor.numel() == 0:
        return False
    if tensor.device.type == "meta" or tensor.layout != torch.strided:
        return False
    if type(tensor) is torch.Tensor or type(tensor) is nn.Parameter:
        wrapped = getattr(getattr(torch._C, "_functorch", None), "is_functorch_wrapped_tensor", None)
        return wrapped is None or not wrapped(tensor)
    return type(tensor).__name__ not in ("FakeTensor", "FunctionalTensor")
