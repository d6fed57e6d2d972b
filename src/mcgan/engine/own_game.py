"""A game of your own nets and data, for your own loop: ``mcgan.game``."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn

from mcgan.arch.given import GivenNets, MakeGenerator, MakeTrunk
from mcgan.engine.draws import stream
from mcgan.engine.own_loop import OwnLoop
from mcgan.engine.own_parts import Reg, build_parts, draw_by, find_shape
from mcgan.engine.seeded_game import make_game
from mcgan.errors import UserError, at_least, short_traceback
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.objective import Objective


@short_traceback()
def game(
    *,
    generator: nn.Module | MakeGenerator,
    trunk: nn.Module | MakeTrunk,
    features: int,
    latent: int,
    data: Callable[[int], Any] | Any,
    objective: str | Objective = "non_saturating",
    reg: Reg = (),
    words: Sequence[str] = (),
    batch: int = 64,
    steps: int = 10_000,
    seed: int = 0,
) -> OwnLoop:
    """A game to be played in your own loop: losses with all that strategies add to them.

    Args:
        generator: a module z (B, latent) -> x (B, *S), or a function latent width -> module.
        trunk: a module x (B, *S) -> features (B, features), or a function shape -> module. A
            linear head follows it, which the game builds.
        data: a function n -> real examples (n, *S), or a tensor or array of examples (N, *S);
            for shapes, and for strategies that look at real data.
        objective, reg: as on the command line: "wgan_gp", "[r1,r2]", ["minibatch",
            "reg.minibatch.kernels=8"]; or objects. An objective brings the strategies that it
            brings there. Objects come after names.
        words: further settings, such as "reg.r1.gamma=0.1" or "optim=sgd" (for ``rule``).
        batch, steps: the size of every batch, and the length of the run that schedules go by.
        seed: of the head's weights, the strategies' own, and all random numbers of the turns.

    A module is trained in place where the game needs one of its kind; strategies may build copies
    or a stack of several (see ``mcgan.arch.given``), so train ``game.parameters(player)``. Build
    the game on the CPU, then move it with ``.to``, then make the optimisers. Raises UserError for
    what the command line would refuse and for nets that do not fit.

    >>> import mcgan, torch
    >>> from torch import nn
    >>> x = torch.randn(256, 2)
    >>> trunk = nn.Sequential(nn.Linear(2, 16), nn.ReLU())
    >>> game = mcgan.game(generator=nn.Linear(8, 2), trunk=trunk, features=16, latent=8,
    ...                   data=x, objective="rpgan", reg=["r1", "r2"])
    >>> optimisers = {p: torch.optim.Adam(game.parameters(p)) for p in ("D", "G")}
    >>> for step in range(2):
    ...     for turn, player in enumerate(game.turns):
    ...         loss, report = game(player, x[:64], game.moment(step, turn))
    ...         optimisers[player].zero_grad()
    ...         loss.backward()
    ...         optimisers[player].step()
    ...         game.after(player, report)
    >>> sorted(report.scalars), game.sample(5).shape
    (['loss'], torch.Size([5, 2]))
    """
    parts, draw = build_parts(objective, reg, words), draw_by(data)
    try:
        at_least(1, batch=batch, steps=steps)
        shape = find_shape(draw, stream(seed, "ready"))
        nets = GivenNets(generator, trunk, features, latent, shape)
    except ValueError as error:
        raise UserError(str(error)) from error
    made = make_game(
        seed,
        lambda: Game(nets, parts.objective, Chain(parts.strategies, latent), shape, batch, steps),
        draw,
    )
    return OwnLoop(made, parts.optim, draw, seed, nets.notes)
