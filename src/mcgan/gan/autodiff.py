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
    """A way to differentiate; all of its gradients agree with those of the other way."""

    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]:
        """The gradients of a loss () by name, and what the loss returns beside it; detached."""

    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]:
        """The gradient of a sum () by its input, and what comes beside it; differentiable again."""

    def of_params(self, loss: Callable[[Tensors], Tensor], at: Tensors) -> Tensors:
        """The gradients of a loss () by name; differentiable again."""


class Classic:
    """Plain autograd; ``at`` are leaf parameters, or become such."""

    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]:
        """As in `Autodiff`; a tensor that the loss does not use has the gradient 0."""
        at = leaves(at)
        value, aux = loss(at)
        grads = torch.autograd.grad(value, list(at.values()), materialize_grads=True)
        return dict(zip(at, grads, strict=True)), aux

    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]:
        """As in `Autodiff`; an input that needs no gradient is detached and made a leaf first."""
        at = at if at.requires_grad else at.detach().requires_grad_()
        value, aux = total(at)
        return torch.autograd.grad(value, at, create_graph=True)[0], aux

    def of_params(self, loss: Callable[[Tensors], Tensor], at: Tensors) -> Tensors:
        """As in `Autodiff`; a tensor that the loss does not use has the gradient 0."""
        at = leaves(at)
        grads = torch.autograd.grad(
            loss(at), list(at.values()), create_graph=True, materialize_grads=True
        )
        return dict(zip(at, grads, strict=True))


def leaves(at: Tensors) -> Tensors:
    """The same tensors, detached and requiring a gradient unless they do already."""
    return {n: t if t.requires_grad else t.detach().requires_grad_() for n, t in at.items()}


class Functional:
    """torch.func: differentiable again, vmappable, compilable."""

    def of_loss(self, loss: Callable[[Tensors], Any], at: Tensors) -> tuple[Tensors, Any]:
        """As in `Autodiff`, under vmap and in compiled code too."""
        found: tuple[Tensors, Any] = torch.func.grad(loss, has_aux=True)(at)
        return found

    def of_input(self, total: Callable[[Tensor], Any], at: Tensor) -> tuple[Tensor, Any]:
        """As in `Autodiff`, under vmap and in compiled code too."""
        found: tuple[Tensor, Any] = torch.func.grad(total, has_aux=True)(at)
        return found

    def of_params(self, loss: Callable[[Tensors], Tensor], at: Tensors) -> Tensors:
        """As in `Autodiff`, under vmap and in compiled code too."""
        grads: Tensors = torch.func.grad(loss)(at)
        return grads
