"""A loop that is watched, whose generator collapses in its middle."""

import subprocess
import sys

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import mcgan
from mcgan.errors import UserError
from mcgan.judging import features
from mcgan.judging.features import Features

REAL = torch.randn(300, 2, generator=torch.Generator().manual_seed(1))
HEALTHY_UNTIL = 20


def sampler_at(step):
    width = 1.0 if step < HEALTHY_UNTIL else 0.02
    return lambda n: width * torch.randn(n, 2)


def scores_at(step):
    return torch.ones(8) * (step >= HEALTHY_UNTIL), torch.zeros(8)


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """The watch after 30 steps, what it returned at each, and its folder of events."""
    folder = tmp_path_factory.mktemp("events")
    watch = mcgan.Watch(REAL, every=10, n=100, patience=2, stop_on="collapse", tensorboard=folder)
    torch.manual_seed(7)
    expected = torch.randn(3)
    torch.manual_seed(7)
    found = {}
    for step in range(31):
        found[step] = watch(
            step,
            sampler_at(step),
            losses={"D": 1.5, "G": torch.tensor(0.5)},
            scores=scores_at(step),
        )
        if watch.stop:
            break
    assert torch.equal(torch.randn(3), expected)  # the loop's own random numbers
    return watch, found, folder


def test_it_judges_when_a_look_is_due_and_tells_when_the_collapse_began(watched):
    watch, found, _ = watched
    judged = {step: judgement for step, judgement in found.items() if judgement}
    assert {step: each.kind for step, each in judged.items()} == {
        10: "healthy",
        20: "narrowed",
        30: "narrowed",
    }
    assert [look.step for look in watch.history] == [10, 20, 30]
    assert watch.collapsed_at == 20 and watch.stop and watch.last is judged[30]
    assert "two real samples" in str(judged[30])
    assert watch.history[0].scalars["loss_D"] == 1.5
    assert watch.history[0].scalars["collapsed"] == 0 < watch.history[1].scalars["collapsed"]


def test_it_says_the_likely_cause_and_what_helps(watched):
    watch, _, _ = watched
    assert watch.cause == (
        "the discriminator converged too fast: data score above fakes with chance 1.00"
    )
    assert str(watch).startswith("collapsed at step 20: The samples ")
    assert "; try objective=wgan_gp or " in str(watch) and "reg=r1" in watch.advice


def test_a_look_is_drawn_as_a_judgement_of_samples_is(watched, tmp_path):
    look = watched[0].last
    assert isinstance(look, mcgan.JudgedSamples) and look.name == "the sampler"
    look.html(tmp_path / "look.html")
    assert look.verdict in (tmp_path / "look.html").read_text() and look.figure().axes
    assert "What people try" in str(look)


def test_its_numbers_and_pages_are_in_tensorboard(watched):
    events = EventAccumulator(str(watched[2]))
    events.Reload()
    points = events.Scalars("judge/spread")
    assert [point.step for point in points] == [10, 20, 30] and points[-1].value < 0.1
    assert events.Scalars("judge_two_real_samples/spread")[-1].value == pytest.approx(1, abs=0.2)
    assert [point.value for point in events.Scalars("judge/collapsed")] == [0, 1, 1]
    assert events.Scalars("judge/loss_G")[0].value == 0.5
    assert len(events.Tensors("judge/verdict/text_summary")) == 3


def test_a_loop_goes_on_from_its_state(watched, tmp_path):
    watch, _, folder = watched
    torch.save(watch.state_dict(), tmp_path / "state.pt")
    again = mcgan.Watch(REAL, every=10, n=100, patience=2, tensorboard=folder)
    again.load_state_dict(torch.load(tmp_path / "state.pt"))
    assert again.history == watch.history and str(again) == str(watch)
    assert not again.stop  # nobody asked for it
    assert [again.due(step) for step in (30, 39, 40, 57)] == [False, False, True, True]
    lost = again.look(40, lambda n: torch.full((n, 2), torch.nan))  # no error in a long training
    assert lost.kind == "diverged" and "hold NaN" in lost.verdict and again.diverged
    lost.html(tmp_path / "lost.html")
    assert "hold NaN" in str(lost) and "hold NaN" in (tmp_path / "lost.html").read_text()
    assert lost.figure().axes and not lost.missing and lost.to_dict()["kind"] == "diverged"
    assert again.collapsed_at is None and again.cause == "steps too long for the losses"


def test_real_features_are_computed_once(monkeypatch):
    extracted = []

    def count(samples):
        extracted.append(len(samples))
        return samples.rows.reshape(len(samples), 1, -1)

    monkeypatch.setitem(
        features.AUTO, "vectors", lambda *_: Features("counted", count, features.StandardScores())
    )
    watch = mcgan.Watch(REAL, n=40)
    asked = []

    def sampler(n):
        asked.append(n)
        return torch.randn(n, 2)

    watch.batch = 25
    first = watch.look(1, sampler)
    assert watch.look(2, sampler).judgement == first.judgement  # the same latents
    assert extracted == [80, 40, 40] and asked == [25, 15, 25, 15]
    assert first.kind == "too few" and str(watch).startswith("too few at step 2: Too few for")


def test_labels_of_the_real_data_are_its_groups():
    labels = ["right" if x > 0 else "left" for x in REAL[:, 0]]
    watch = mcgan.Watch(REAL, n=120, labels=labels)
    found = watch.look(1, lambda n: torch.randn(n, 2).abs())
    assert [group.name for group in found.groups] == ["left", "right"]
    assert [group.name for group in found.missing.groups] == ["left"]
    assert watch.look(2, lambda n: torch.full((n, 2), torch.nan)).kind == "diverged"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, not 0: .* samples of a look"),
        ({"every": 2.5}, "not 2.5: it is the number of steps between looks"),
        ({"stop_on": "colapse"}, "stop_on must be one of none, collapse, not 'colapse'"),
        ({"labels": [1, 2]}, "there are 2 labels for the 300 samples"),
        ({"real": torch.zeros(1, 2)}, "has 1 sample: at least 2"),
    ],
)
def test_mistakes_are_one_sentence(settings, told):
    with pytest.raises(UserError, match=told):
        mcgan.Watch(**({"real": REAL} | settings))


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (torch.zeros(64, 2), "the sampler gave 64 samples where 100 were asked for"),
        (torch.zeros(100, 3), "the sampler holds vectors of 3 numbers, .* of 2"),
        (torch.full((100, 2), torch.nan), "the sampler: 100 of 100 rows hold NaN"),
    ],
)
def test_samples_that_cannot_be_compared_are_refused_at_the_first_look(made, told):
    watch = mcgan.Watch(REAL, n=100)
    with pytest.raises(UserError, match=told):
        watch.look(1, lambda n: made)
    assert str(watch) == "nothing judged yet: the first look is at step 1,000"


def test_no_framework_is_imported():
    script = (
        "import sys, torch, mcgan\n"
        "watch = mcgan.Watch(torch.randn(100, 2), n=50)\n"
        "watch.look(1, lambda n: torch.randn(n, 2))\n"
        "names = ['lightning', 'pytorch_lightning', 'accelerate', 'datasets', 'hydra']\n"
        "print([name for name in names if name in sys.modules])\n"
        "sys.modules |= dict.fromkeys(('lightning', 'pytorch_lightning'))\n"
        "watch.lightning(lambda module, n: module(n))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "[]\n"
    assert done.stderr.splitlines()[-1].startswith(
        "mcgan.errors.UserError: a callback needs Lightning: pip install lightning"
    )


@pytest.mark.parametrize(
    ("step", "sampler", "given", "why"),
    [
        ("x", sampler_at(0), {}, "step must be a whole number, not 'x'"),
        (1, 5, {}, "the sampler must be a function n -> samples, not 5"),
        (1, sampler_at(0), {"scores": torch.zeros(3)}, "scores must be a pair"),
        (1, sampler_at(0), {"losses": {"D": "a"}}, "the loss of D must be a number or an array"),
    ],
)
def test_a_look_that_makes_no_sense_is_one_sentence(step, sampler, given, why):
    with pytest.raises(UserError, match=why):
        mcgan.Watch(REAL, n=100).look(step, sampler, **given)


def test_another_state_is_refused():
    with pytest.raises(UserError, match="no state of a Watch, due, looks, signals is missing"):
        mcgan.Watch(REAL, n=100).load_state_dict({})


def test_the_setting_that_is_no_count_is_named():
    with pytest.raises(UserError, match="every must be a whole number of at least 1, not 0"):
        mcgan.Watch(REAL, every=0)
