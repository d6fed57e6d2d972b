import pytest
import torch

from mcgan.engine.seeded_game import make_game
from mcgan.errors import UserError
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.objective import Minimax
from mcgan.reg.pac import Pac
from small import Straight


def made(seed: int, batch: int = 8) -> Game:
    """A game with packs, by a seed."""

    def draw(n: int, generator: torch.Generator) -> torch.Tensor:
        return torch.randn(n, 3, generator=generator)

    nets = Straight()
    return make_game(
        seed,
        lambda: Game(nets, Minimax(), Chain({"pac": Pac()}, nets.latent), (3,), batch, 20),
        draw,
    )


def test_weights_are_the_seeds_and_the_global_state_stays():
    torch.manual_seed(5)
    one, number = made(0).G.net[0].weight, torch.rand(())
    torch.manual_seed(5)
    assert torch.equal(number, torch.rand(()))
    assert torch.equal(one, made(0).G.net[0].weight)
    assert not torch.equal(one, made(1).G.net[0].weight)


def test_parts_that_cannot_live_together_are_the_users_mistake():
    with pytest.raises(UserError, match=r"^reg\.pac: "):
        made(0, batch=7)
