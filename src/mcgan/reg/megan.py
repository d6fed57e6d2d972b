"""MEGAN (Park et al. 2018): a gating network picks the generator that suits a latent."""

from dataclasses import dataclass, field
from typing import Annotated, Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from mcgan.blocks.latents import gumbel, one_hot
from mcgan.blocks.references import References
from mcgan.blocks.stacked_generators import StackedGenerators, count_shared, plain_net
from mcgan.config.settings import AtLeast, AtMost, Scheduled
from mcgan.gan.game import Game, MakeGenerator
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Moment, Sample

MOVED = (
    "the gate's draws lie behind the latents as they are drawn, and another strategy changes "
    "how wide these are: put this before it, or use one of the two"
)


class GatedGenerators(StackedGenerators):
    """K generators, and a gate that sees z and what each one's first block makes of it.

    Behind the first ``drawn`` columns of its input lie K Gumbel numbers and tau; the others are z.
    """

    def __init__(
        self, nets: list[nn.Sequential], shared: int, drawn: int, latent: int, hidden: int
    ) -> None:
        width = nets[0][:1](torch.zeros(1, latent)).flatten(1).shape[1]
        super().__init__(nets, shared)
        self.drawn, form = drawn, self._form.last
        self._parts = References(form[:1], form[1:])  # how the first block computes, and the others
        self.read = nn.Linear(width, latent)  # one for all generators
        self.chooser = nn.Sequential(
            nn.Linear((1 + self.count) * latent, hidden), nn.ReLU(), nn.Linear(hidden, self.count)
        )

    def forward(self, z: Tensor, origin: Tensor) -> Tensor:
        """Examples (B, *S), each made by the generator that the gate picks for its latent."""
        picks, firsts = self.choose(z)
        return self._finish(picks, vmap(self._rest)(self.stacks(), firsts))

    def choose(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The picks (B, K), and the first blocks' outputs (K, B, ...), of latents z.

        Picks are one-hot and have the gradient of a softmax. z also holds the gate's draws.
        """
        end = self.drawn + self.count
        noise, tau = z[:, self.drawn : end], z[:, end : end + 1]
        z = torch.cat([z[:, : self.drawn], z[:, end + 1 :]], 1)
        firsts = vmap(self._first, in_dims=(0, None))(self.stacks(), z)
        score = (self.weigh(z, firsts) + noise) / tau
        soft = score.softmax(1)
        return one_hot(score.argmax(1), self.count, soft) + soft - soft.detach(), firsts

    def weigh(self, z: Tensor, firsts: Tensor) -> Tensor:
        """The gate's logits (B, K) of latents (B, Z) and first blocks' outputs (K, B, ...)."""
        features = self.read(firsts.flatten(2)).relu()  # (K, B, Z)
        logits: Tensor = self.chooser(torch.cat([z, features.transpose(0, 1).flatten(1)], 1))
        return logits

    def _first(self, weights: dict[str, Tensor], z: Tensor) -> Tensor:
        first, _ = self._parts
        own = {name: w for name, w in weights.items() if name.startswith("0.")}
        h: Tensor = functional_call(first, own, (z,))
        return h

    def _rest(self, weights: dict[str, Tensor], h: Tensor) -> Tensor:
        _, rest = self._parts
        own = {name: w for name, w in weights.items() if not name.startswith("0.")}
        out: Tensor = functional_call(rest, own, (h,))
        return out


def check_width(net: nn.Sequential, latent: int, name: str) -> None:
    """Raises ValueError, which names the strategy, where a net takes latents of another width."""
    try:
        with torch.no_grad():
            net[:1](torch.zeros(1, latent))
    except RuntimeError as error:
        raise ValueError(f"reg.{name}: {MOVED}") from error


@dataclass(eq=False, repr=False)
class MEGAN(Strategy):
    """G(z) = sum_k w_k G_k(z), w one-hot, picked by a gate among K ``generators``.

    The gate is a net of one ``hidden`` layer over z and features of every generator's first block.
    w is one-hot where its logits plus Gumbel noise are largest, with the gradient of the softmax of
    (logits + noise) / tau. G's loss trains it, and ``balance`` times the mean over k of
    (p_k - 1/K)^2, p_k the share of a batch that generator k makes. In the authors' code the gate
    has a second layer, batch norm, and an optimiser and a turn of its own for the balance.
    """

    generators: Annotated[int, AtLeast(1), AtMost(1_000)] = 10
    shared: Annotated[int, AtLeast(-1)] = 0
    hidden: Annotated[int, AtLeast(1)] = 64
    balance: Annotated[Any, Scheduled, AtLeast(0)] = field(
        default_factory=lambda: {"from": 100.0, "to": 0.0}
    )
    tau: Annotated[Any, Scheduled, AtLeast(1e-3)] = field(
        default_factory=lambda: {"from": 1.0, "to": 0.1}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._gated = References[GatedGenerators]()

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"gumbel": Draw((batch, self.generators))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        def build(latent: int) -> nn.Module:
            nets = [plain_net(make(latent), self.name) for _ in range(self.generators)]
            check_width(nets[0], latent, self.name)
            common = count_shared(nets[0], self.shared, self.name)
            made = GatedGenerators(nets, common, self.z_width, latent, self.hidden)
            return self._gated.add(made)

        return build

    def setup(self, game: Game, data: Any) -> None:
        moment = game.moment(game.batch, torch.Generator())
        found = game.example().z[:, self.z_width + self.generators]
        if (found - moment.now(self.tau)).abs().max() > 1e-3:
            raise ValueError(MOVED)

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        noise = gumbel(self.get_noise(moment, "gumbel"))
        tau = torch.ones_like(noise[:, :1]) * moment.now(self.tau)
        return sample._replace(z=torch.cat([sample.z, noise, tau], 1))

    def g_term(self, turn: Turn) -> Tensor:
        picks, _ = self._gated.last.choose(turn.fake.z)
        uneven = (turn.whole(picks).mean(0) - 1 / self.generators).square().mean()
        return turn.moment.now(self.balance) * uneven
