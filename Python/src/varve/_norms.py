"""What a batch norm computes anyway: it needs no pass of its own over its output, nor does the layer before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Optional

import torch
from torch import nn

from ._units import LARGE, Moments

_FORWARD = nn.modules.batchnorm._BatchNorm.forward
_saved_tensor_hooks: Any = getattr(torch._C._autograd, "_top_saved_tensors_default_hooks", None)


class Norm(NamedTuple):
    """A batch norm within a pass: what it normalised with, of each unit the mean m and 1 / sqrt(v + eps)."""

    name: str
    before: Optional[str]
    """The layer whose output it was given as it was put out."""
    module: Any
    size: int
    mean: torch.Tensor
    inverse: torch.Tensor


def is_batch_norm(module: Optional[nn.Module]) -> bool:
    """Tell whether a module is a batch norm that computes as PyTorch's does, over one process."""
    return isinstance(module, nn.modules.batchnorm._BatchNorm) and type(module).forward is _FORWARD


def saved(module: Any, given: Any, output: Any) -> Optional[tuple[torch.Tensor, torch.Tensor]]:
    """Return the mean and 1 / sqrt(v + eps) that a batch norm keeps for the backward pass; None where they are not there.

    Too few values are not worth it.
    """
    if not isinstance(output, torch.Tensor) or output.numel() < LARGE or output.device.type != "cpu":
        return None
    node = output.grad_fn
    if type(node).__name__ != "NativeBatchNormBackward0" or output.dtype not in (torch.float32, torch.float64):
        return None
    # Hooks of a checkpoint would compute the whole block again to give what is kept.
    if _saved_tensor_hooks is None or _saved_tensor_hooks(True) is not None:
        return None
    if not isinstance(given, torch.Tensor) or given.dtype != output.dtype or not module.training:
        return None
    return node._saved_result1, node._saved_result2


def moments(norms: Sequence[Norm]) -> Iterator[tuple[Norm, Moments, Moments, bool]]:
    """Return for each norm the moments of what it was given and of what it put out, and whether they have all digits.

    An output w (x - m) / sqrt(v + eps) + b has the mean b and the variance w^2 v / (v + eps). Where v is small beside eps,
    its digits are lost in the sum. All norms of a pass are computed in one go: small operations one by one take longer.
    """
    sizes = [norm.mean.numel() for norm in norms]
    epsilons = [norm.module.eps for norm in norms]
    same = len(set(epsilons)) == 1
    eps = epsilons[0] if same else torch.tensor(epsilons).repeat_interleave(torch.tensor(sizes))
    weights = [_of(norm, norm.module.weight, 1.0) for norm in norms]
    biases = [_of(norm, norm.module.bias, 0.0) for norm in norms]
    inverse = torch.cat([norm.inverse for norm in norms]).square_()
    variance = inverse.reciprocal().sub_(eps)
    scaled = torch.cat(weights).square_().mul_(variance).mul_(inverse)
    is_exact = variance > 10 * eps
    are_all = bool(is_exact.all())
    parts = (whole.split(sizes) for whole in (variance, scaled, torch.cat(biases), is_exact))
    for norm, given, output, bias, exact in zip(norms, *parts):
        whole = are_all or bool(exact.all())
        yield norm, Moments(norm.size, norm.mean, given), Moments(norm.size, bias, output), whole


def _of(norm: Norm, parameter: Optional[torch.Tensor], absent: float) -> torch.Tensor:
    return torch.full_like(norm.mean, absent) if parameter is None else parameter.detach()
