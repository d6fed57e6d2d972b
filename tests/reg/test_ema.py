import pytest
import torch

from mcgan.engine.draws import stream
from mcgan.gan.sampling import sampler, show
from mcgan.reg.ema import EMA
from mcgan.types import Moment
from small import largest_difference, run, trainer

HALF_LIFE = {"ema": {"half_life": 0.1}}


def weights(trainer) -> dict[str, torch.Tensor]:
    tensors, names = trainer.replicas.tensors, trainer.replicas.owned["G"]
    return {name: tensors[name].detach().clone() for name in names}


def average(trainer) -> dict[str, torch.Tensor]:
    ema = trainer.game.reg["ema"]
    return ema.average.read(trainer.replicas.tensors)


def test_it_is_the_plain_loop():
    made = trainer("ema", dtype=torch.float64, **HALF_LIFE)
    decay, mean = 0.5 ** (1 / (0.1 * 20)), weights(made)  # a half-life of 2 of 20 steps
    for t in range(12):
        run(made, 1)
        now, keep = weights(made), min(decay, (1 + t) / (10 + t))
        mean = {name: keep * mean[name] + (1 - keep) * now[name] for name in mean}
    assert largest_difference(average(made), mean) < 1e-12
    assert (1 + 12) / (10 + 12) < decay or keep == decay
    assert largest_difference(average(made), weights(made)) > 1e-5


@pytest.mark.parametrize("replicas", [1, 2])
def test_a_half_life_may_rise_from_nothing(replicas):
    rising = {"half_life": {"from": 0.0, "to": 0.1, "until": 0.5}}
    made = trainer("ema", dtype=torch.float64, replicas=replicas, ema=rising)
    mean = weights(made)
    for t in range(12):
        run(made, 1)
        half_life = 20 * 0.1 * min(t / 10, 1)  # in steps
        keep = min(0.5 ** (1 / half_life) if t else 0.0, (1 + t) / (10 + t))
        now = weights(made)
        mean = {name: keep * mean[name] + (1 - keep) * now[name] for name in mean}
    assert largest_difference(average(made), mean) < 1e-6  # the share of the run is of float32
    assert largest_difference(average(made), weights(made)) > 1e-5


def test_with_a_half_life_of_nothing_the_average_is_the_generator():
    made = trainer("ema", ema={"half_life": 0.0})
    run(made, 3)
    assert largest_difference(average(made), weights(made)) == 0


def test_the_live_weights_train_as_without_it():
    with_it, without = trainer("ema"), trainer()
    for each in (with_it, without):
        run(each, 4)
    ours, theirs = with_it.replicas.tensors, without.replicas.tensors
    assert all(torch.equal(ours[name], tensor) for name, tensor in theirs.items())


def test_samples_come_from_the_average():
    made = trainer("ema", **HALF_LIFE)
    run(made, 6)
    shown = sampler(made.game)(made.replicas.replica(0), 10, stream(0, "look"))
    moment = Moment({"z": shown.z}, torch.ones(()))
    tensors = made.replicas.replica(0)
    live = show(made.game, tensors, moment).x
    averaged = show(made.game, {**tensors, **average(made)}, moment).x
    torch.testing.assert_close(shown.x, averaged)
    assert (shown.x - live).abs().max() > 1e-6


def test_a_half_life_outside_the_run_is_refused():
    for half_life in (-0.1, 1.5):
        with pytest.raises(ValueError, match="half_life must be at least 0 and at most 1"):
            EMA(half_life=half_life)
