"""How much memory a run needs at least: found from its settings, before its networks are built."""

import math
from typing import NamedTuple

import torch

from mcgan.arch.base import Arch
from mcgan.dataset.base import ModalDataset
from mcgan.errors import UserError
from mcgan.optim import Optim
from mcgan.system.memory import memory, say_bytes

FLOAT = 4  # bytes of a number


class Need(NamedTuple):
    """Bytes of a part of the run, and the settings that make them less."""

    what: str
    bytes: int
    settings: str


class Size(NamedTuple):
    """What multiplies the size of a run."""

    replicas: int
    batch: int
    samples: int  # that an evaluation draws of each replica


def list_needs(size: Size, dataset: ModalDataset, arch: Arch, optim: Optim) -> list[Need]:
    """What a run holds at the same time, each part counted at its least."""
    example, (weights, features) = math.prod(dataset.shape), measure_networks(arch, dataset.shape)
    copies = 2 + len(optim.slots)  # the weights, their gradients, and the state of the optimiser
    batch = arch.latent + 2 * example + features
    return [
        Need("weights", size.replicas * weights * copies * FLOAT,
             "replicas, or arch.width, arch.depth or arch.latent"),
        Need("a batch", size.replicas * size.batch * batch * FLOAT,
             "train.batch_size or replicas"),
        Need("the samples of an evaluation", size.replicas * size.samples * example * FLOAT,
             "eval.samples or replicas"),
    ]


def measure_networks(arch: Arch, shape: tuple[int, ...]) -> tuple[int, int]:
    """How many weights both players have, and the critic's features; nothing is allocated.

    (0, 0) for networks that cannot be built without memory, such as those that compute weights.
    """
    try:
        with torch.device("meta"):
            generator = arch.generator(arch.latent, shape)
            trunk, features = arch.trunk(shape)
    except RuntimeError:
        return 0, 0
    tensors = [*generator.parameters(), *trunk.parameters()]
    return sum(tensor.numel() for tensor in tensors), features


def check_needs(needs: list[Need]) -> None:
    """Raises UserError where the parts together are larger than the memory of this machine."""
    total, most = sum(need.bytes for need in needs), max(needs, key=lambda need: need.bytes)
    if total > memory():
        raise UserError(f"this needs at least {say_bytes(total)} of memory, most of it for "
                        f"{most.what}, and there are {say_bytes(memory())} here: lower "
                        f"{most.settings}")
