"""Several generators in one module: each example is made by the one its origin names."""

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from mcgan.blocks.latents import one_hot
from mcgan.blocks.references import References
from mcgan.gan.game import MakeGenerator
from mcgan.gan.networks import Generator, batch_normalised

ALL_BUT_FIRST = -1  # as ``shared``: the generators share all blocks but the first


class StackedGenerators(nn.Module):
    """K generators with stacked weights; each example is made by the one its origin names.

    All share the last ``shared`` blocks. ``gate`` is the column of z where K soft weights of the
    generators begin: gradients reach these as if the output were the weighted mean of all outputs
    (a straight-through estimate).
    """

    def __init__(self, nets: list[nn.Sequential], shared: int, gate: int | None = None) -> None:
        super().__init__()
        self.count, self.gate, cut = len(nets), gate, len(nets[0]) - shared
        self.tail = nets[0][cut:]
        weights, _ = stack_module_state([net[:cut] for net in nets])
        self.names = {f"heads__{name.replace('.', '__')}": name for name in weights}
        for own, name in self.names.items():
            self.register_parameter(own, nn.Parameter(weights[name].detach()))
        self._form = References(nets[0][:cut].to("meta"))  # how a head computes, without weights

    def forward(self, z: Tensor, origin: Tensor) -> Tensor:
        """Examples (B, *S), each made by the generator that its origin (B,) names.

        With a gate in the latent, gradients also reach the gate's weights, straight through the
        picks.
        """
        picks = one_hot(origin, self.count, z)
        if self.gate is not None:
            end = self.gate + self.count
            soft, z = z[:, self.gate : end], torch.cat([z[:, : self.gate], z[:, end:]], 1)
            picks = picks + soft - soft.detach()
        return self._finish(picks, vmap(self._batch, in_dims=(0, None))(self.stacks(), z))

    def _finish(self, picks: Tensor, each: Tensor) -> Tensor:
        """What the shared blocks make of the picked (B, K) heads' outputs (K, B, ...).

        They are summed: gradients of rows picked by index add up in no fixed order.
        """
        made: Tensor = self.tail(torch.einsum("bk,kb...->b...", picks, each))
        return made

    def stacks(self) -> dict[str, Tensor]:
        """The generators' own weights by their names in one net, (K, ...) each."""
        return {name: getattr(self, own) for own, name in self.names.items()}

    def _batch(self, weights: dict[str, Tensor], z: Tensor) -> Tensor:
        """The whole batch through one generator's own blocks."""
        h: Tensor = functional_call(self._form.last, weights, (z,))
        return h


def stack_generators(
    make: MakeGenerator, count: int, shared: int, name: str, gate: int | None = None
) -> MakeGenerator:
    """A way to make ``count`` generators as one module, for the strategy ``name``.

    It raises ValueError, which names the strategy, for nets that cannot be stacked.
    """

    def build(latent: int) -> nn.Module:
        nets = [plain_net(make(latent), name) for _ in range(count)]
        return StackedGenerators(nets, count_shared(nets[0], shared, name), gate)

    return build


def count_shared(net: nn.Sequential, shared: int, name: str) -> int:
    """How many last blocks nets like this one share. Raises ValueError, which names the strategy,
    where the others cannot be stacked."""
    blocks = len(net)
    common = blocks - 1 if shared == ALL_BUT_FIRST else shared
    if batch_normalised(net[: blocks - common]):
        raise ValueError(
            f"reg.{name}: a generator makes few examples of a batch, and batch norm would "
            "see those of all generators: choose another norm, or share those blocks"
        )
    if common >= blocks:
        raise ValueError(
            f"reg.{name}: shared={shared}: the generator has {blocks} blocks, "
            f"share at most {blocks - 1}"
        )
    return common


def plain_net(generator: nn.Module, name: str) -> nn.Sequential:
    """The layers of a plain generator; raises ValueError for another."""
    if isinstance(generator, Generator) and isinstance(generator.net, nn.Sequential):
        return generator.net
    raise ValueError(
        f"reg.{name}: several generators are made of plain ones, and another strategy "
        "has changed them: put it first among the strategies of 'reg', or use one of "
        "the two"
    )
