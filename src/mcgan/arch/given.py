"""Networks that somebody brings along, in place of a network family of ours."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from mcgan.arch.base import Arch
from mcgan.errors import UserError, at_least, one_line

MakeGenerator = Callable[[int], nn.Module]  # latent width -> (z -> x)
MakeTrunk = Callable[[tuple[int, ...]], nn.Module]  # data shape -> (x -> features)


class GivenNets(Arch):
    """A generator z (B, Z) -> x (B, *S) and a trunk x -> features (B, F), both given.

    A module is used as it is, the first time that the game builds such a net. Strategies may
    build more of a kind, or other widths. Further nets are copies whose layers draw their weights
    anew, which ``notes`` says; a function of the width (generator) or of the shape (trunk) that
    returns a new module serves both. Raises UserError for a net of other shapes.
    """

    def __init__(
        self,
        generator: nn.Module | MakeGenerator,
        trunk: nn.Module | MakeTrunk,
        features: int,
        latent: int,
        shape: tuple[int, ...],
    ) -> None:
        at_least(1, features=features, latent=latent)
        self.latent, self.features, self.shape = latent, features, shape
        self.notes: list[str] = []
        self._make_generator = self._maker("generator", generator)
        self._make_trunk = self._maker("trunk", trunk)

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        net = self._make_generator(latent)
        check_shapes("generator", net, (latent,), shape)
        return net if isinstance(net, nn.Sequential) else nn.Sequential(net)

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        net = self._make_trunk(shape)
        check_shapes("trunk", net, shape, (self.features,))
        return net, self.features

    def _maker(
        self, name: str, given: nn.Module | Callable[..., nn.Module]
    ) -> Callable[..., nn.Module]:
        """The function that makes a net; of a module, copies after the first."""
        if not isinstance(given, nn.Module):
            return given
        original, used = copy.deepcopy(given), []  # copied first: strategies may hook into layers

        def make(_: object) -> nn.Module:
            used.append(name)
            return given if len(used) == 1 else self._copy(name, original)

        return make

    def _copy(self, name: str, original: nn.Module) -> nn.Module:
        note = (
            f"a strategy builds more than one {name}: the others are copies, their weights "
            f"drawn anew by each layer; give a function that makes a {name} for other weights"
        )
        self.notes += [note] if note not in self.notes else []
        return redraw(copy.deepcopy(original), name)


def redraw(net: nn.Module, name: str) -> nn.Module:
    """The net, its weights drawn anew by each layer's own rule: equal critics would stay equal.

    Raises UserError for a layer without such a rule.
    """
    for layer in net.modules():
        if not any(True for _ in layer.parameters(recurse=False)):
            continue
        if not hasattr(layer, "reset_parameters"):
            raise UserError(
                f"{name}: a strategy builds more than one, and a layer "
                f"{type(layer).__name__} has no reset_parameters to draw new weights: "
                f"give a function that makes a {name}"
            )
        layer.reset_parameters()  # type: ignore[operator]
    return net


def check_shapes(
    name: str, net: nn.Module, taken: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    """Raises UserError where the net does not map (B, *taken) to (B, *wanted)."""
    says = {"generator": "of the latents' width", "trunk": "of an example's shape"}[name]
    try:
        with evaluating(net), torch.no_grad():
            out = net(torch.zeros(2, *taken))
    except RuntimeError as error:
        raise UserError(
            f"{name}: does not take a batch {(2, *taken)} ({one_line(error)}): give a "
            f"function {says} that makes it, since strategies may change that, and "
            "build it on the CPU in float32"
        ) from error
    if not isinstance(out, Tensor) or tuple(out.shape) != (2, *wanted):
        got = tuple(out.shape) if isinstance(out, Tensor) else type(out).__name__
        raise UserError(
            f"{name}: makes {got} of a batch {(2, *taken)}, and {(2, *wanted)} is "
            "wanted: change the net, or give the latent, features and data it is for"
        )


@contextmanager
def evaluating(net: nn.Module) -> Iterator[None]:
    """All modules in evaluation mode, and afterwards each as it was."""
    before = {module: module.training for module in net.modules()}
    net.eval()
    try:
        yield
    finally:
        for module, training in before.items():
            module.training = training
