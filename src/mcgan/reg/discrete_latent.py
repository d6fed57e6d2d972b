"""A discrete part of the latents: one-hot codes beside z, fixed and even.

A continuous G on a connected latent space must draw bridges between modes; one with a code for each
mode need not (Khayatkhoei et al. 2018, section 3). Several codes are for data whose modes are
combinations, such as three digits in three channels (as in InfoGAN, Chen et al. 2016, section 5).
"""

from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mcgan.blocks.latents import one_hot, pick_evenly
from mcgan.blocks.references import References
from mcgan.config.settings import Above, AtLeast, Scheduled
from mcgan.gan.compatibility import judges_packs
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Moment, Sample


@dataclass(eq=False, repr=False)
class DiscreteLatent(Strategy):
    """z' = [z, s one-hot(c)], c even among ``values``, at least as many as the data has modes.

    With several ``codes`` each is drawn by itself: n of them name ``values`` to the n modes. s is
    ``scale``: at 1 a code moves G at first as much as one number of z does.

    Above 0, ``identify`` is the weight, for both players, of telling the codes of a fake: minus
    the sum over codes of E log q(c|x), by a linear layer on D's features (InfoGAN's lambda and
    -L_I but for the constant H(c), Chen et al. 2016, eq. 5 and 6).
    """

    values: Annotated[int, AtLeast(1)] = 50
    codes: Annotated[int, AtLeast(1)] = 1
    scale: Annotated[float, Above(0)] = 1.0
    identify: Annotated[Any, Scheduled, AtLeast(0)] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tells = self.identify is not None and self.identify != 0
        if self.tells and self.values < 2:
            raise ValueError("identify needs a code that differs: take values=2 or more")
        self._guesses = References[nn.Module]()

    @property
    def width(self) -> int:
        """How many numbers stand beside z."""
        return self.values * self.codes

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch, self.codes))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        return lambda latent: make(latent + self.width)

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        index = pick_evenly(self.get_noise(moment, "pick"), self.values)
        code = one_hot(index.flatten(), self.values, sample.z).view(len(index), self.width)
        return sample._replace(z=torch.cat([sample.z, self.scale * code], 1))

    def shown(self, sample: Sample, moment: Moment) -> Sample:
        """With the codes in the origin, read as the digits of one number behind the old origin."""
        origin = sample.origin
        for code in pick_evenly(self.get_noise(moment, "pick"), self.values).unbind(1):
            origin = origin * self.values + code.to(origin.device)
        return sample._replace(origin=origin)

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            critic = make(shape)
            guess = self._guesses.add(nn.Linear(critic.width, self.width))
            return critic.attach(f"{self.name}_guess", guess)

        return build if self.tells else make

    def setup(self, game: Game, data: Any) -> None:
        if not self.tells:
            return
        if judges_packs(game, data):
            raise ValueError(
                "telling codes needs a verdict for each example, and this critic judges packs: "
                "take identify=0"
            )
        self._start = self._find_codes(game)

    def _find_codes(self, game: Game) -> int:
        """The column of the first code in z, before which other strategies may put numbers."""
        moment = game.moment(game.batch, torch.Generator())
        pick = self.get_noise(moment, "pick")
        lowest, highest = (
            self._generate(game, moment, torch.full_like(pick, share)) for share in (0.0, 1.0)
        )
        return int((lowest != highest).any(0).nonzero()[0])

    def _generate(self, game: Game, moment: Moment, pick: Tensor) -> Tensor:
        """The latents (B, Z) that G gets with these picks (B, codes)."""
        noise = {**moment.noise, f"{self.name}.pick": pick}
        return game.generate(moment._replace(noise=noise)).z

    def d_term(self, turn: Turn) -> Tensor | None:
        return self._confusion(turn) if self.tells and turn.main else None

    def g_term(self, turn: Turn) -> Tensor | None:
        return self._confusion(turn) if self.tells else None

    def _confusion(self, turn: Turn) -> Tensor:
        logits = self._guesses.last(turn.on_fake.features).view(-1, self.codes, self.values)
        codes = turn.fake.z[:, self._start : self._start + self.width].view_as(logits).argmax(2)
        loss = cross_entropy(logits.flatten(0, 1), codes.flatten()) * self.codes
        return turn.moment.now(self.identify or 0.0) * loss
