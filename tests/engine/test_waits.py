"""A step reads no value of the device and copies nothing to it: the host never waits, and a CUDA
graph, which takes no copy from the host, can hold the step.

The device is torch's `meta`: its tensors have shapes and no values, so reading one is an error.
"""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from mcgan.engine.trainer import Trainer
from mcgan.gan.sampling import in_batches
from mcgan.types import Moment, Sample, start_sample
from small import NETS_OF, OBJECTIVES, STRATEGIES, parts, refused

pytestmark = pytest.mark.whole

COPIES = (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)


class Copies(TorchDispatchMode):
    """Notes copies between the host and the device, also those that nobody waits for."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        out = function(*args, **(kwargs or {}))
        if function in COPIES:
            places = places_of((args, kwargs, out))
            self.seen += [f"{function} of {sorted(places)}"] * (len(places) > 1)
        return out


def places_of(tree: Any) -> set[str]:
    """The kinds of devices that the tensors of a tree lie on."""
    return {t.device.type for t in tree_leaves(tree) if isinstance(t, Tensor)}


def copies_in_a_step(made: Trainer) -> list[str]:
    """Of the turns of a step."""
    share, order = made.progress(), made.turns
    drawn = (made.draws(made.count, turn) for turn in range(len(order)))
    given = [(x, Moment(noise, share)) for x, noise in drawn]
    with Copies() as found:
        made.take_turns(order, given)
    return found.seen


def on_meta(*strategies: str, **words: Any) -> Trainer:
    game = parts(*strategies, **words)
    return Trainer(game.game, game.dataset.draw, game.optim, [0, 1], "meta")


WITH = [s for s in STRATEGIES if not refused("objectives", "non_saturating", s)]


@pytest.mark.parametrize("strategy", WITH)
def test_no_strategy_copies_to_the_device_in_a_step(strategy):
    assert copies_in_a_step(on_meta(strategy)) == []


def test_a_plain_number_is_not_copied_where_a_schedule_is_usual():
    assert copies_in_a_step(on_meta("top_k", top_k={"share": 0.5})) == []


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_objective_copies_to_the_device_in_a_step(objective):
    assert copies_in_a_step(on_meta(objective=objective)) == []


@pytest.mark.parametrize("nets", NETS_OF)
def test_no_nets_copy_to_the_device_in_a_step(nets):
    assert copies_in_a_step(on_meta(words=NETS_OF[nets])) == []


def test_the_share_of_the_run_done_lies_on_the_device_also_where_samples_are_shown():
    made, seen = on_meta(), []

    def show(moment: Moment) -> Sample:
        seen.append(moment)
        return start_sample(moment.noise["z"])

    in_batches(made.game, show, 3, made.replicas.replica(0), torch.Generator())
    for moment in (*seen, Moment({}, made.progress())):
        assert moment.progress.device.type == "meta" and moment.progress.shape == ()


def test_copies_are_noticed_and_values_cannot_be_read():
    there = torch.ones(2, device="meta")
    with Copies() as found:
        torch.ones(2).to("meta")
        there.copy_(torch.ones(2))
        torch.ones(2).to("meta", non_blocking=True)
        there.copy_(torch.ones(2), non_blocking=True)
        there.copy_(there + 1)
    assert len(found.seen) == 4
    with pytest.raises(RuntimeError):
        bool(there.sum())
