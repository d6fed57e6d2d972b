"""Several processes that train one game: each plays its rows of every batch.

A player's gradient is the mean over the processes, by one all-reduce within its move. All that
follows is then the same in each of them, to the bit. What looks across a batch gathers its rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import torch
import torch.distributed as dist
from torch import Tensor
from torch.utils._pytree import tree_map

from mcgan.engine.draws import DATA, Cut, keep_all
from mcgan.engine.messages import Messages, Sent
from mcgan.errors import UserError
from mcgan.gan.game import Game
from mcgan.gan.networks import batch_normalised
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.types import Draw, Tensors


class RankGroup(Ranks):
    """Process ``rank`` of ``size``. The others must be connected before a step is made.

    messages  how tensors reach them: by torch.distributed, unless somebody knows a shorter way
    """

    def __init__(self, rank: int, size: int, messages: Messages | None = None) -> None:
        self.rank, self.size = rank, size
        self.messages: Messages = messages or Sent()

    def whole(self, rows: Tensor) -> Tensor:
        found: Tensor = Whole.apply(rows, self)
        return found

    def part(self, rows: Tensor) -> Tensor:
        return rows.chunk(self.size)[self.rank]

    def mean(self, tensors: Tensors) -> Tensors:
        flat = torch.cat([tensor.reshape(-1) for tensor in tensors.values()])
        parts = Mean.apply(flat, self).split([t.numel() for t in tensors.values()])
        named = zip(tensors.items(), parts, strict=True)
        return {name: part.view(t.shape).to(t.dtype) for (name, t), part in named}

    def first(self, state: Any) -> Any:
        on_cpu = tree_map(lambda leaf: leaf.cpu() if isinstance(leaf, Tensor) else leaf, state)
        held = [on_cpu]
        dist.broadcast_object_list(held, src=0)
        return held[0]

    def gather(self, rows: Tensor) -> list[Tensor]:
        """The tensor that each process has here, in their order; all of one shape."""
        return self.messages.gather(rows)

    def add(self, tensor: Tensor) -> Tensor:
        """The sum of the tensors that the processes have here, to the same bits in each."""
        return self.messages.add(tensor)


class Whole(torch.autograd.Function):
    """The rows of all processes; the gradients of what each makes of them are added."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, ranks: RankGroup) -> Tensor:
        """The rows of all processes, (size · n, ...), in the order of ranks."""
        ctx.ranks = ranks
        return torch.cat(ranks.gather(rows))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        """This process's rows of the gradients, which are added over the processes."""
        return SummedPart.apply(grad, ctx.ranks), None


class SummedPart(torch.autograd.Function):
    """This process's rows of the sum over the processes: the other half of `Whole`."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, ranks: RankGroup) -> Tensor:
        """This process's rows of the sum over the processes: (size · n, ...) -> (n, ...)."""
        ctx.ranks = ranks
        return ranks.part(ranks.add(rows)).clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        """The gradients of all processes' rows."""
        return Whole.apply(grad, ctx.ranks), None


class Mean(torch.autograd.Function):
    """The mean over the processes; its gradient is the mean of theirs."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, ranks: RankGroup) -> Tensor:
        """The mean of a tensor over the processes, of the same shape."""
        ctx.ranks = ranks
        return ranks.add(tensor).div_(ranks.size)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        """The mean of the gradients over the processes."""
        return Mean.apply(grad, ctx.ranks), None


@contextmanager
def playing(game: Game, ranks: Ranks) -> Iterator[None]:
    """Lets the game play with others for a step: whoever looks at it between steps is alone."""
    if ranks.size == 1:
        yield
        return
    game.play_with(ranks)
    try:
        yield
    finally:
        game.play_with(ALONE)


def check_parts(game: Game, ranks: Ranks) -> None:
    """Raises UserError where the parts of a batch, each played by a process, are not the batch."""
    if ranks.size == 1:
        return
    for strategy in game.chain.strategies:
        if strategy.spans_batch:
            refuse(f"reg.{strategy.name} relates the examples of one batch", ranks)
    if any(map(batch_normalised, (game.G, *game.critics()))):
        refuse("batch norm (arch.norm, arch.critic_norm) relates the examples of one batch", ranks)
    if game.batch % ranks.size:
        fits = game.batch // ranks.size * ranks.size or ranks.size
        raise UserError(
            f"train.batch_size={game.batch} does not part over train.devices={ranks.size}: "
            f"take train.batch_size={fits} or another number of devices"
        )
    scores = count_scores(game)
    if scores % ranks.size:
        raise UserError(
            f"the critic judges a batch by {scores} scores of packs, which do not part over "
            f"train.devices={ranks.size}: use fewer devices, or a larger train.batch_size"
        )


@torch.no_grad()
def count_scores(game: Game) -> int:
    """The number of the critic's scores of a batch: fewer than examples where it judges packs."""
    like, moment = next(game.parameters()), game.moment(game.batch, torch.Generator())
    moment = moment._replace(noise={name: t.to(like) for name, t in moment.noise.items()})
    return len(game.D(game.chain.view(game.generate(moment), moment).x).score)


def cut_draws(game: Game, ranks: Ranks) -> Cut:
    """Gives a process its rows of data and noise, which are drawn for whole batches everywhere.

    Raises UserError for noise that is not of so many numbers for each example.
    """
    if ranks.size == 1:
        return keep_all
    whole, part = game.draws(game.batch), game.draws(game.batch // ranks.size)
    axes = {DATA: 1} | {name: row_axis(name, whole[name], part[name], ranks) for name in whole}

    def cut(name: str, drawn: Tensor) -> Tensor:
        axis = axes[name]
        return drawn if axis is None else drawn.chunk(ranks.size, axis)[ranks.rank]

    return cut


def row_axis(name: str, whole: Draw, part: Draw, ranks: Ranks) -> int | None:
    """The axis of rows in the draws of a noise for turns (T, ...); None: it has one for the batch.

    It is where the noise of a smaller batch is smaller.
    """
    if whole.shape == part.shape:
        return None
    for axis, rows in enumerate(part.shape):
        if whole.shape == (*part.shape[:axis], ranks.size * rows, *part.shape[axis + 1 :]):
            return 1 + axis
    refuse(f"the noise {name} has not so many numbers for each example of a batch", ranks)


def refuse(why: str, ranks: Ranks) -> NoReturn:
    """Raises UserError: why a game cannot be trained by several processes."""
    raise UserError(f"{why}, and each of train.devices={ranks.size} has a part: use one device")
