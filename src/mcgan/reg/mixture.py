"""A mixture of generators against one critic, picked at random or by a learned manager.

Random choice: Arora et al. 2017 (MIX+GAN). Manager: the learned prior of Khayatkhoei et al. 2018
(DMGAN-PL), since a critic alone gives a gate no usable signal.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.functional import cross_entropy

from mcgan.game import Critic, Game, Generator, Turn, batch_normalised
from mcgan.schedule import number
from mcgan.strategy import Draw, MakeCritic, MakeGenerator, Moment, Sample, Strategy

MANAGERS = ("random", "learned")


class Generators(nn.Module):
    """K generators, their weights stacked; an example is made by the one its origin names.

    The last ``shared`` blocks of the nets are one for all.
    """

    def __init__(self, nets: list[nn.Sequential], shared: int) -> None:
        super().__init__()
        self.count, cut = len(nets), len(nets[0]) - shared
        self.tail = nets[0][cut:]
        weights, _ = stack_module_state([net[:cut] for net in nets])  # type: ignore[arg-type]
        self.names = {f"heads__{name.replace('.', '__')}": name for name in weights}
        for own, name in self.names.items():
            self.register_parameter(own, nn.Parameter(weights[name].detach()))
        self._head = [nets[0][:cut].to("meta")]  # listed: a form without weights, no submodule

    def forward(self, z: Tensor, origin: Tensor) -> Tensor:
        picks = (origin.unsqueeze(1) == torch.arange(self.count, device=z.device)).to(z.dtype)
        # A product with one-hot rows: gradients of rows picked by index add up in no fixed order.
        stacks = {name: getattr(self, own) for own, name in self.names.items()}
        weights = {name: torch.tensordot(picks, stack, 1) for name, stack in stacks.items()}
        return self.tail(vmap(self._one)(weights, z))

    def _one(self, weights: dict[str, Tensor], z: Tensor) -> Tensor:
        """One example through its own generator's blocks."""
        return functional_call(self._head[0], weights, (z.unsqueeze(0),)).squeeze(0)


@dataclass(eq=False, repr=False)
class Mixture(Strategy):
    """K ``generators``; ``manager=random`` picks one evenly, ``learned`` by trained weights r.

    The manager's r minimises H(q, r) - entropy * H(r), where q = E_x q(c|x) over real data and
    q(c|x), trained beside D, tells which generator made x; both players lower ``identify`` times
    its cross-entropy on fakes, so that generators part and r follows the real mass that each
    explains (Khayatkhoei et al. 2018, section 4).
    """

    generators: int = 4
    manager: str = "random"
    shared: int = 0
    identify: Any = 1.0
    entropy: Any = field(default_factory=lambda: {"from": 1.0, "to": 0.0, "until": 0.5})

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.generators < 1:
            raise ValueError(f"generators must be at least 1, not {self.generators}")
        if self.manager not in MANAGERS:
            raise ValueError(f"manager must be one of {', '.join(MANAGERS)}, not {self.manager!r}")
        if self.shared < 0:
            raise ValueError(f"shared must be at least 0, not {self.shared}")
        self.identify = number(self.identify, "identify", low=0.0)
        self.entropy = number(self.entropy, "entropy", low=0.0)
        self.learns = self.manager == "learned"
        if self.learns:
            self.logits = nn.Parameter(torch.zeros(self.generators))

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        def several(latent: int) -> nn.Module:
            nets = [self._plain(make(latent)) for _ in range(self.generators)]
            if batch_normalised(nets[0][: len(nets[0]) - self.shared]):
                raise ValueError("every example passes its own generator, alone, so batch norm has "
                                 "no batch there: choose another norm, or share those blocks")
            if self.shared >= len(nets[0]):
                raise ValueError(f"shared={self.shared}: the generator has {len(nets[0])} blocks, "
                                 f"share at most {len(nets[0]) - 1}")
            return Generators(nets, self.shared)
        return several

    def _plain(self, generator: nn.Module) -> nn.Sequential:
        if isinstance(generator, Generator) and isinstance(generator.net, nn.Sequential):
            return generator.net
        raise ValueError("mixes plain networks: put it first among the strategies of 'reg'")

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def guessing(shape: tuple[int, ...]) -> Critic:
            critic = make(shape)
            self._guess = [nn.Linear(critic.width, self.generators)]  # listed: the critic owns it
            critic.guess = self._guess[0]
            return critic
        return guessing if self.learns else make

    def ready(self, game: Game, data: Any) -> None:
        if self.learns and game.D(data(game.batch)).score.shape[0] != game.batch:
            raise ValueError("manager=learned needs a verdict for each example, and this critic "
                             "judges packs: take manager=random")

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        edges = self.weights().cumsum(0)[:-1]
        pick = self.drawn(moment, "pick")
        return sample._replace(origin=(pick.unsqueeze(1) >= edges).sum(1))

    def weights(self) -> Tensor:
        """The manager's weights r, (K,)."""
        if self.learns:
            return self.logits.detach().softmax(0)
        return torch.full((self.generators,), 1 / self.generators)

    def d_term(self, turn: Turn) -> Tensor | None:
        return self._confusion(turn) if self.learns else None

    def g_term(self, turn: Turn) -> Tensor | None:
        return self._confusion(turn) + self._prior(turn) if self.learns else None

    def _confusion(self, turn: Turn) -> Tensor:
        guess = self._guess[0](turn.on_fake.features)
        return turn.moment.now(self.identify) * cross_entropy(guess, turn.fake.origin)

    def _prior(self, turn: Turn) -> Tensor:
        q = self._guess[0](turn.on_real.features).softmax(1).mean(0).detach()
        log_r = self.logits.log_softmax(0)
        return -(q * log_r).sum() + turn.moment.now(self.entropy) * (log_r.exp() * log_r).sum()
