"""Scores of anybody's samples, in data units."""

import numpy as np
import pytest
import torch

import mcgan
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.ring import Ring
from mcgan.errors import UserError
from mcgan.metrics.evaluate import perfect, score_samples
from mcgan.metrics.protocol import Protocol


@pytest.fixture(scope="module")
def ring() -> Ring:
    return Ring(modes=5, radius=3.0, std=0.05)


def test_samples_are_in_data_units(ring):
    """On a ring of radius 3 the modes lie at 3, whatever unit the nets work in."""
    angle = torch.arange(5) * (2 * torch.pi / 5)
    centres = 3 * torch.stack([angle.cos(), angle.sin()], 1)
    scores = mcgan.evaluate(centres, ring)
    assert scores["modes_published"] == 5 and scores["quality"] == 1
    assert mcgan.evaluate(centres / ring.scale, ring)["modes_published"] == 0
    assert scores.counts.tolist() == [1] * 5


def test_they_equal_those_in_net_units(ring):
    net = ring.draw(400, torch.Generator().manual_seed(1))
    scores = mcgan.evaluate(net * ring.scale, ring)
    expected = score_samples(net, ring, Protocol())
    assert dict(scores) == pytest.approx(expected.scores, rel=1e-4)
    assert torch.equal(scores.counts, expected.counts)
    assert scores.perfect == pytest.approx(perfect(ring, 400, Protocol()))
    assert scores.real["modes_published"] == 5


def test_numpy_torch_lists_and_graphs_are_one(ring):
    x = ring.sample(300, seed=2)
    wanted = dict(mcgan.evaluate(x, ring))
    for same in (x.numpy(), x.double(), x.tolist(), x.clone().requires_grad_()):
        assert dict(mcgan.evaluate(same, ring)) == pytest.approx(wanted, rel=1e-4)


class Strict(Ring):
    """A user's dataset, whose arithmetic knows float32 alone."""

    def recognise(self, x):
        assert x.dtype == torch.float32 and x.device.type == "cpu"
        return super().recognise(x)


def test_a_dataset_is_shown_float32():
    strict = Strict()
    x = strict.sample(300)
    wanted = dict(mcgan.evaluate(x, strict))
    for same in (x.numpy().astype(np.float64), x.tolist(), x.double()):
        assert dict(mcgan.evaluate(same, strict)) == pytest.approx(wanted, rel=1e-4)


def test_a_dataset_goes_by_its_name(ring):
    x = ring.sample(300)
    named = mcgan.evaluate(x, "ring", "dataset.modes=5", "dataset.radius=3", "dataset.std=0.05")
    assert dict(named) == dict(mcgan.evaluate(x, ring))
    with pytest.raises(UserError, match="cannot change a dataset that is built"):
        mcgan.evaluate(x, ring, "dataset.modes=6")
    with pytest.raises(UserError, match="'protocol=pacgan' is no setting of a dataset"):
        mcgan.evaluate(x, "ring", "protocol=pacgan")


@pytest.mark.parametrize(("arguments", "options", "message"), [
    ([Ring], {}, "must be a name or a dataset that is built, not <class"),
    ([None], {}, "must be a name or a dataset that is built, not None"),
    (["ring"], {"protocol": None}, "must be a name or a mcgan.Protocol, not None: leave it out"),
])  # fmt: skip
def test_what_is_no_dataset_or_protocol_is_refused(ring, arguments, options, message):
    with pytest.raises(UserError, match=message):
        mcgan.evaluate(ring.sample(5), *arguments, **options)


def test_a_score_that_is_not_there_is_told_with_those_that_are(ring):
    scores = mcgan.evaluate(ring.sample(5), ring)
    for ask in (scores.__getitem__, scores.interval):
        with pytest.raises(KeyError, match=r"no score 'mods'.* are: modes_covered,"):
            ask("mods")
    assert "mods" not in scores and scores.get("mods") is None


class Unmeasured(Ring):
    """Data without a known width."""

    width_ratio = ModalDataset.width_ratio


def test_a_width_that_is_not_known_has_no_ceiling():
    data = Unmeasured()
    scores = mcgan.evaluate(data.sample(50), data)
    rows = (scores, scores.perfect, scores.real)
    assert [row["width_ratio"] for row in rows] == [None] * 3
    perfect = mcgan.evaluate(data.sample(5000), Ring()).perfect
    assert perfect["width_ratio"] == pytest.approx(1, abs=0.02)
    [line] = [line for line in scores.table().splitlines() if line.startswith("width")]
    assert line.split()[-3:] == ["–", "–", "–"]


def test_a_protocol_goes_by_its_name(ring):
    x = ring.sample(300)
    assert mcgan.evaluate(x, ring, protocol="pacgan").protocol.name == "pacgan"
    own = Protocol(name="mine", log_base=2)
    scores = mcgan.evaluate(x, ring, protocol=own)
    assert scores["kl"] == pytest.approx(mcgan.evaluate(x, ring)["kl"] / np.log(2))
    assert scores.table().startswith("protocol mine, 300 samples\n")
    with pytest.raises(UserError, match="no protocol named 'pacgn'"):
        mcgan.evaluate(x, ring, protocol="pacgn")


def test_the_table_shows_floor_and_ceiling(ring):
    text = repr(mcgan.evaluate(ring.sample(300), ring))
    title, heads, first, *_ = text.splitlines()
    assert title == "protocol default, 300 samples"
    assert heads.split() == ["score", "perfect", "real", "data"]
    assert first.split() == ["modes", "covered", "5", "5", "5"]
    assert len({len(line) for line in text.splitlines()[1:]}) == 1


def test_quality_above_its_ceiling_is_said_below_the_table(ring):
    x = ring.draw(3000, torch.Generator().manual_seed(0))
    centres = ring.law.centres[ring.recognise(x).mode].float()
    narrow = mcgan.evaluate((centres + 0.5 * (x - centres)) * ring.scale, ring)
    [said] = narrow.remarks
    assert said.startswith("quality above its ceiling of 98.9 %")
    assert f"! {said}" == narrow.table().splitlines()[-1] and said[:20] in narrow._repr_html_()
    assert mcgan.evaluate(x * ring.scale, ring).remarks == []


def test_several_replicas_have_an_interval(ring):
    scores = mcgan.Scores(
        [ring.draw(50, torch.Generator().manual_seed(i)) for i in range(4)], ring, Protocol()
    )
    assert scores.counts.shape == (4, 5) and len(scores.each["kl"]) == 4
    low, high = scores.interval("kl").lower, scores.interval("kl").upper
    assert low < scores["kl"] < high
    assert "50 samples from each of 4 replicas" in scores.table()
    assert "95 % interval" in scores.table() and "<td>5 … 5</td>" in scores._repr_html_()


def test_what_cannot_be_computed_is_none(ring):
    scores = mcgan.evaluate(torch.full((10, 2), 50.0), ring)
    assert scores["width_ratio"] is None and "–" in scores.table()
