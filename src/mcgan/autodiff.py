"""The one fork between plain autograd and torch.func.

One network run eagerly is differentiated by plain autograd (in small nets torch.func costs twice as
much); a vmapped or compiled one by torch.func, since neither knows ``backward``. Both take the same
function and agree, which a law checks.
"""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

Tensors = dict[str, Tensor]


class Autodiff(Protocol):
    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]: ...
    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]: ...


class Classic:
    """Plain autograd; ``at`` are the game's own leaf parameters."""

    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]:
        value, aux = loss(at)
        grads = torch.autograd.grad(value, list(at.values()), materialize_grads=True)
        return dict(zip(at, grads, strict=True)), aux

    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]:
        at = at if at.requires_grad else at.detach().requires_grad_()
        value, aux = total(at)
        return torch.autograd.grad(value, at, create_graph=True)[0], aux


class Functional:
    """torch.func: differentiable again, vmappable, compilable."""

    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]:
        return torch.func.grad(loss, has_aux=True)(at)

    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]:
        return torch.func.grad(total, has_aux=True)(at)
