"""Data, latents and noise of every turn, drawn for a block of turns at a time.

They are drawn where the networks are, if that is a CUDA device, else on the CPU. So a seed has
other numbers on a GPU, and a run on the CPU has the same ones on every machine.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from mcgan.objective import Objective
from mcgan.types import Draw, Noise

BLOCK_STEPS = 64
BLOCK_VALUES = 2**20  # bounds a block's memory; per replica, so that replicas equal solo runs
DATA = "data"  # the name of real examples; those of numbers are 'z' and 'strategy.what'
MOST = 2**20  # turns of D in a row, at most
DrawData = Callable[[int, torch.Generator], Tensor]
Cut = Callable[[str, Tensor], Tensor]  # what a process gets of what is drawn for turns (T, ...)


def keep_all(name: str, drawn: Tensor) -> Tensor:
    """All that is drawn under a name: one process plays whole batches."""
    return drawn


def stream(
    seed: int, name: str, index: int = 0, device: torch.device | str = "cpu"
) -> torch.Generator:
    """A generator of its own for every (seed, name, index), on a device."""
    entropy = [seed, index, *name.encode()]
    state = np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(state) & (2**63 - 1))


def drawing_device(like: Tensor) -> torch.device:
    """Where random numbers for such tensors are drawn: on their CUDA device, else on the CPU."""
    return like.device if like.device.type == "cuda" else torch.device("cpu")


class TurnDraws:
    """Real data and noise of every turn in an objective's order of turns; each has its own.

    Arguments as of `Draws`. The usual turns of D and those of G up to its next block are drawn
    as one row. Turns of D beyond the usual have streams of their own, which change no others.
    """

    def __init__(
        self,
        objective: Objective,
        data: Sequence[DrawData],
        spec: dict[str, Draw],
        seeds: list[int],
        batch: int,
        like: Tensor,
        stacked: bool,
        values: int,
        cut: Cut = keep_all,
    ) -> None:
        self.objective, self.data, self.usual = objective, data, objective.critic_steps
        row = self.usual + objective.generator_steps
        self.rows = Draws(data, spec, seeds, batch, row, like, stacked, values, cut=cut)
        self.more = Draws(data, spec, seeds, batch, 1, like, stacked, values, "more.", cut)

    def __call__(self, step: int, turn: int) -> tuple[Tensor, Noise]:
        """What a turn is given, by its place in ``objective.turns(step)``."""
        block, within = divmod(step, self.objective.generator_steps)
        if self.objective.turns(step)[turn] == "G":
            return self.rows(block, self.usual + within)
        if turn < self.usual:
            return self.rows(block, turn)
        return self.more(block * MOST + turn - self.usual, 0)


class Draws:
    """What the turns of a row are given, as a function of (seed, number of the row).

    Args: ``data`` draws real examples by a generator and on its device, one for each replica as
    ``seeds``; ``spec`` is every random number of a turn; ``turns`` in a row. Tensors come stacked
    (N, B, ...) for several seeds when ``stacked``, else (B, ...). The names of the streams begin
    with ``lead``; ``cut`` gives a process its rows of what is drawn for whole batches.
    """

    def __init__(
        self,
        data: Sequence[DrawData],
        spec: dict[str, Draw],
        seeds: list[int],
        batch: int,
        turns: int,
        like: Tensor,
        stacked: bool,
        values: int,
        lead: str = "",
        cut: Cut = keep_all,
    ) -> None:
        self.data, self.spec, self.seeds, self.batch, self.turns = data, spec, seeds, batch, turns
        self.like, self.stacked, self.lead, self.cut = like, stacked, lead, cut
        self.device = drawing_device(like)
        self.steps = max(1, min(BLOCK_STEPS, BLOCK_VALUES // (batch * turns * values)))
        self.held = -1
        self._x: tuple[Tensor, ...] = ()
        self._noise: list[Noise] = []

    def __call__(self, row: int, turn: int) -> tuple[Tensor, Noise]:
        """Real data and noise of one turn of one row."""
        block, within = divmod(row, self.steps)
        if block != self.held:
            self._draw(block)
        k = within * self.turns + turn
        return self._x[k], self._noise[k]

    def _draw(self, block: int) -> None:
        count = self.steps * self.turns
        self._x = self._stack(
            [
                self._data(draw, seed, block, count)
                for draw, seed in zip(self.data, self.seeds, strict=True)
            ]
        )
        drawn = {
            name: self._stack(
                [
                    self.cut(name, draw.sample((count,), self._stream(seed, name, block)))
                    for seed in self.seeds
                ]
            )
            for name, draw in self.spec.items()
        }
        self._noise = [{name: turns[k] for name, turns in drawn.items()} for k in range(count)]
        self.held = block

    def _data(self, draw: DrawData, seed: int, block: int, count: int) -> Tensor:
        flat = draw(count * self.batch, self._stream(seed, DATA, block))
        return self.cut(DATA, flat.reshape(count, self.batch, *flat.shape[1:]))

    def _stream(self, seed: int, name: str, block: int) -> torch.Generator:
        return stream(seed, self.lead + name, block, self.device)

    def _stack(self, parts: list[Tensor]) -> tuple[Tensor, ...]:
        """Per replica (turns, ...) -> per turn, on the device."""
        whole = torch.stack(parts, dim=1) if self.stacked else parts[0]
        return whole.to(self.like, non_blocking=True).unbind(0)
