"""The one fork between plain autograd and torch.func.

Networks run eagerly one by one are differentiated by plain autograd (in small nets torch.func costs
twice as much); vmapped or compiled ones by torch.func, since neither knows ``backward``. Both take
the same function and agree, which a law checks. ``of_loss`` is for the update itself; ``of_input``
and ``of_params`` are for gradients inside a loss, which are differentiated again.
"""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

Tensors = dict[str, Tensor]


class Autodiff(Protocol):
    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]: ...
    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]: ...
    def of_params(self, loss: Callable[[Tensors], Tensor], at: Tensors) -> Tensors: ...


class Classic:
    """Plain autograd; ``at`` are leaf parameters, or become such."""

    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]:
        at = leaves(at)
        value, aux = loss(at)
        grads = torch.autograd.grad(value, list(at.values()), materialize_grads=True)
        return dict(zip(at, grads, strict=True)), aux

    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]:
        at = at if at.requires_grad else at.detach().requires_grad_()
        value, aux = total(at)
        return torch.autograd.grad(value, at, create_graph=True)[0], aux

    def of_params(self, loss: Callable[[Tensors], Tensor], at: Tensors) -> Tensors:
        at = leaves(at)
        grads = torch.autograd.grad(
            loss(at), list(at.values()), create_graph=True, materialize_grads=True
        )
        return dict(zip(at, grads, strict=True))


def leaves(at: Tensors) -> Tensors:
    return {n: t if t.requires_grad else t.detach().requires_grad_() for n, t in at.items()}


class Functional:
    """torch.func: differentiable again, vmappable, compilable."""

    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]:
        found: tuple[Tensors, Any] = torch.func.grad(loss, has_aux=True)(at)
        return found

    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]:
        found: tuple[Tensor, Any] = torch.func.grad(total, has_aux=True)(at)
        return found

    def of_params(self, loss: Callable[[Tensors], Tensor], at: Tensors) -> Tensors:
        grads: Tensors = torch.func.grad(loss)(at)
        return grads
