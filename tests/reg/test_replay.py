import pytest
import torch
from scipy.stats import chisquare

from mcgan.config.settings import read_settings
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.replay import Replay, find_most_crowded
from mcgan.types import Moment, Report
from small import d_turn, game, moment, real, sample, trainer

SLOTS, BATCH = 4, 8


def batch_of(age: int) -> torch.Tensor:
    return torch.full((BATCH, 3), float(age))


def fed(replay: Replay, ages: range, seed: int = 0):
    """The game after one turn of D for each age, whose fakes all say that age."""
    made = game(replay)
    for age in ages:
        report = Report({}, sample(batch_of(age)), moment(made, seed=seed * 1000 + age))
        for name, value in replay.after("D", made.tensors(), report, {}).items():
            made.get_buffer(name).copy_(value)
    return made


def ages(replay: Replay) -> list[int]:
    """The age in each slot; fails where a slot mixes ages."""
    held = replay.old_x.flatten(1)
    assert (held == held[:, :1]).all()
    return held[:, 0].int().tolist()


def test_fifo_holds_exactly_the_newest_batches():
    fed(replay := Replay(size=SLOTS * BATCH, policy="fifo"), range(11))
    assert sorted(ages(replay)) == [7, 8, 9, 10]


@pytest.mark.parametrize("policy", read_settings(Replay)["policy"].choices)
def test_the_first_batches_fill_it_in_order(policy):
    fed(replay := Replay(size=SLOTS * BATCH, policy=policy), range(3))
    assert ages(replay)[:3] == [0, 1, 2] and replay.seen == 3


def test_a_reservoir_is_an_even_choice_from_the_whole_history():
    replay = Replay(size=SLOTS * BATCH, policy="reservoir")
    made, seeds, history = game(replay), 2000, 12
    start = {name: t for name, t in made.tensors().items() if name.startswith("reg.")}
    held = {name: t.expand(seeds, *t.shape) for name, t in start.items()}
    draw = torch.Generator().manual_seed(0)
    for age in range(history):
        noise = {"replay.slot": torch.rand(seeds, generator=draw)}

        def after(tensors, noise, fake):
            return replay.after("D", tensors, Report({}, fake, Moment(noise, torch.ones(()))), {})

        held |= torch.vmap(after, in_dims=(0, 0, None))(held, noise, sample(batch_of(age)))
    kept = held["reg.replay.old_x"][:, :, 0, 0].int()
    assert all(len(set(row)) == SLOTS for row in kept.tolist())  # no batch twice
    counts = kept.flatten().bincount(minlength=history)
    assert chisquare(counts.numpy()).pvalue > 1e-3


def test_exp_overwrites_the_batch_with_the_nearest_neighbours_in_age():
    # With the new one the ages are 1, 2, 3, 4, 5; the batch of age 4 goes.
    assert find_most_crowded(torch.tensor([1, 2, 3, 4])) == 2
    assert find_most_crowded(torch.tensor([100, 9, 1, 8])) == 3
    fed(replay := Replay(size=SLOTS * BATCH, policy="exp"), range(9))
    assert ages(replay) == [0, 4, 8, 7]
    assert torch.equal(replay.born, torch.tensor([0, 4, 8, 7]))


@pytest.mark.parametrize("turns", [100, 1000])
def test_exp_keeps_ages_in_about_equal_ratios_from_now_to_the_start(turns):
    slots = 12
    born = torch.arange(slots)
    for seen in range(slots, turns):
        born[find_most_crowded(seen - born)] = seen
    held = (turns - born).sort().values.double()
    assert held[0] == 1 and held[-1] == turns
    even = turns ** (1 / (slots - 1))
    ratios = held[1:] / held[:-1]
    assert ratios.max() < 2 * even and (held[2:] / held[:-2]).min() > even**0.5
    fifo = torch.arange(turns - slots, turns)
    assert (turns - fifo).max() == slots < turns / 8  # which has forgotten the rest


@pytest.mark.parametrize("size, held", [(1, [4]), (2, [0, 4])])
def test_exp_with_few_slots(size, held):
    fed(replay := Replay(size=size * BATCH, policy="exp"), range(5))
    assert ages(replay) == held


@pytest.mark.parametrize("probability, shares", [(0.0, (0, 0)), (1.0, (1, 1)), (0.5, (0.3, 0.7))])
def test_each_fake_is_an_old_one_with_the_probability(probability, shares):
    replay = Replay(size=SLOTS * BATCH, probability=probability)
    made = fed(replay, range(4))
    fresh = sample(torch.full((BATCH, 3), -1.0))
    seen = torch.stack([replay.fakes(fresh, moment(made, seed=seed)).x for seed in range(40)])
    assert (seen == seen[..., :1]).all()  # an example is one age as a whole
    old = (seen[..., 0] >= 0).double().mean()
    assert shares[0] <= old <= shares[1]
    if probability == 1:
        assert set(seen.flatten().int().tolist()) == {0, 1, 2, 3}


def test_an_empty_buffer_leaves_the_fakes_as_they_are():
    made = game(replay := Replay(size=SLOTS * BATCH, probability=1.0))
    fresh = sample(batch_of(5))
    assert torch.equal(replay.fakes(fresh, moment(made)).x, fresh.x)


def test_old_fakes_are_judged_as_fakes_and_detached():
    made = fed(Replay(size=SLOTS * BATCH, probability=1.0), range(7, 8))
    _, report = made.play("D", real(made), moment(made))
    torch.testing.assert_close(report.scalars["score_fake"], made.D(batch_of(7)).score.mean())
    loss, _ = made.play("D", real(made), moment(made))
    slopes = torch.autograd.grad(loss, list(made.G.parameters()), allow_unused=True)
    assert all(slope is None for slope in slopes)


def test_by_default_a_tenth_is_old_and_the_memory_spans_the_run():
    replay = Replay(size=SLOTS * BATCH)
    made = fed(replay, range(400))
    assert max(ages(replay)) - min(ages(replay)) > 100  # the newest four would span 3
    fresh = sample(torch.full((BATCH, 3), -1.0))
    seen = torch.stack([replay.fakes(fresh, moment(made, seed=seed)).x for seed in range(200)])
    assert 0.07 < (seen[..., 0] >= 0).double().mean() < 0.13


def test_the_generators_loss_never_sees_one():
    made = fed(Replay(size=SLOTS * BATCH, probability=1.0), range(4))
    _, report = made.play("G", real(made), moment(made))
    fresh = made.objective.g_loss(None, made.D(report.fake.x).score).mean()
    torch.testing.assert_close(report.scalars["loss"], fresh)


def test_a_critic_that_judges_batches_gets_batches_of_one_age():
    replay = Replay(size=SLOTS * BATCH, probability=0.5)
    made = game(Minibatch(), replay)
    replay.old_x += torch.arange(4).reshape(4, 1, 1)
    replay.seen += 4
    fresh = sample(torch.full((BATCH, 3), -1.0))
    batches = [replay.fakes(fresh, moment(made, seed=seed)).x for seed in range(40)]
    assert all((x == x[0, 0]).all() for x in batches)
    assert {int(x[0, 0]) for x in batches} == {-1, 0, 1, 2, 3}


def test_it_is_part_of_the_checkpoint():
    made = trainer("replay")
    made.step()
    held = made.checkpoint()["tensors"]
    assert held["reg.replay.seen"] == 1
    assert held["reg.replay.old_x"].shape == (2, 8, 2)
    assert held["reg.replay.old_x"][0].abs().min() > 0


def test_it_says_which_size_it_needs():
    with pytest.raises(ValueError, match=r"reg\.replay: size=7 holds no batch of 8: take size=8"):
        game(Replay(size=7))
    for settings in ({"size": 0}, {"probability": 1.5}, {"policy": "lifo"}):
        with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
            Replay(**settings)


def test_a_replayed_fake_keeps_its_latents_and_origin():
    replay = Replay(size=SLOTS * BATCH, probability=1.0)
    made = game(replay)
    old = sample(batch_of(1))._replace(origin=torch.arange(BATCH))
    for name, value in replay.after("D", made.tensors(), Report({}, old, moment(made)), {}).items():
        made.get_buffer(name).copy_(value)
    assert torch.equal(d_turn(made).fake.origin, torch.zeros(BATCH, dtype=torch.int64))
    assert torch.equal(replay.fakes(sample(batch_of(2)), moment(made)).origin, torch.arange(BATCH))
