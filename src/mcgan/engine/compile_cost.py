"""What a step costs eager and compiled, told from its operations and this machine's calibration.

``train.compile=auto`` chooses by it: counts are a function of the configuration, the machine's
speeds are measured once and stored, so that the same command does the same again.
"""

import json
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.system.atomic import write_text
from mcgan.system.places import cache_folder
from mcgan.types import PLAYERS, Moment, Player

VMAPPED = 2.0  # calls through torch.func and vmap cost this much more
STACKED = 3.0  # and their traffic this much, as measured (docs/LOG.md, 2026-11-29)
FUSED = 0.4  # share of the memory traffic that is left once operations are fused
TURN = 6e-5  # seconds to call a compiled move
COMPILE_CALLS = 8000.0  # compiling an operation takes as long as this many calls
COMPILE_START = 8e5  # and starting the compiler, in calls
MARGIN = 1.5  # that steps must save over what compiling takes
PRODUCTS = ("mm", "addmm", "bmm", "baddbmm")


class Work(NamedTuple):
    """Of one step of one network, on average over the run: calls of operations, bytes they read
    and write, arithmetic in matrix products, ``turns`` of the players; and ``graph``, the
    operations that would be compiled."""

    calls: float
    bytes: float
    flops: float
    graph: int
    turns: float


class Machine(NamedTuple):
    """Seconds for a call of an operation; bytes and operations of matrix products a second."""

    call: float
    bandwidth: float
    flops: float


class Forecast(NamedTuple):
    """Seconds of a step, eager and compiled, and of compiling."""

    eager: float
    compiled: float
    compiling: float

    def pays(self, steps: int) -> bool:
        """Whether compiling is earned back within so many steps, with a margin."""
        return steps * (self.eager - self.compiled) > MARGIN * self.compiling


class Tally(TorchDispatchMode):
    """Counts the operations that run under it; views cost nothing."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls = self.bytes = self.flops = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: to skip it torch would load its compiler, which takes as long as torch itself."""
        return False

    def __torch_dispatch__(
        self, operation: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = operation(*args, **(kwargs or {}))
        if not operation.is_view:
            self.calls += 1
            tensors = [t for t in tree_leaves((args, kwargs, result)) if isinstance(t, Tensor)]
            self.bytes += sum(t.numel() * t.element_size() for t in tensors)
            if operation.overloadpacket.__name__ in PRODUCTS:
                self.flops += 2 * result.numel() * args[-1].shape[-2]
        return result


def work_of(trainer: Trainer) -> Work:
    """Counted in a move of each player of a trainer of one network, which moves on by them."""
    d, g = (tally_of(trainer, player) for player in PLAYERS)
    steps = trainer.game.steps
    often = trainer.game.objective.count_critic_turns(steps) / steps  # D's turns in a step
    return Work(
        calls=often * d.calls + g.calls,
        bytes=often * d.bytes + g.bytes,
        flops=often * d.flops + g.flops,
        turns=often + 1,
        graph=d.calls + g.calls,
    )


def tally_of(trainer: Trainer, player: Player) -> Tally:
    """The operations of one move of a player, in the first step, in which both have a turn."""
    x, noise = trainer.draws(0, trainer.game.objective.turns(0).index(player))
    tally = Tally()
    with tally:
        trainer.moves[player](x, Moment(noise, torch.zeros(())))
    return tally


def forecast(work: Work, replicas: int, machine: Machine) -> Forecast:
    """What a step of ``replicas`` networks takes on this machine."""
    products = replicas * work.flops / machine.flops
    memory = replicas * work.bytes / machine.bandwidth
    slower, strided = (VMAPPED, STACKED) if replicas > 1 else (1.0, 1.0)
    eager = work.calls * machine.call * slower + memory * strided + products
    compiling = machine.call * (COMPILE_START + COMPILE_CALLS * work.graph)
    return Forecast(eager, TURN * work.turns + FUSED * memory + products, compiling)


def load_calibration(path: Path | None = None) -> Machine:
    """This machine's speeds with this torch and its threads: stored, or measured now (0.3 s)."""
    path = path or cache_folder() / "calibration.json"
    key = f"{platform.node()} torch {torch.__version__} threads {torch.get_num_threads()}"
    known: dict[str, Any] = {}
    with suppress(OSError, ValueError):
        known = json.loads(path.read_text())
    if key not in known:
        known[key] = measure()._asdict()
        with suppress(OSError, UserError):  # then it is measured again the next time
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, json.dumps(known, indent=1) + "\n")
    return Machine(**known[key])


def measure() -> Machine:
    """Speeds by tensors as nets of the plane have them: a bias, activations, a batch of layers."""
    small, wide, layers = torch.ones(16), torch.ones(2**18), torch.ones(8, 128, 128)
    leaf = small.clone().requires_grad_()
    call = quickest(lambda: torch.autograd.grad((leaf * small + small).sum(), leaf)) / 5
    traffic = 2 * wide.numel() * wide.element_size()
    return Machine(
        call,
        traffic / quickest(lambda: torch.sigmoid(wide)),
        2 * layers.numel() * 128 / quickest(lambda: layers @ layers),
    )


def quickest(what: Callable[[], Any], times: int = 15) -> float:
    """Seconds of the quickest of many calls: other work on the machine only slows them."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        what()
        spent.append(time.perf_counter() - begin)
    return min(spent)
