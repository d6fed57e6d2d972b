"""Laws of every dataset that needs no files, found by its YAML."""

from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf
from torch import Generator

from mcgan.config.build import build
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.vectors import GaussianModes
from mcgan.errors import UserError

CONF = Path(__file__).parents[2] / "conf" / "dataset"
NODES = {file.stem: OmegaConf.load(file) for file in sorted(CONF.glob("*.yaml"))}
FILELESS = [name for name, node in NODES.items() if "root" not in node.keys()]


def dataset(name, **settings):
    node = {key: value for key, value in NODES[name].items() if key != "defaults"}
    data = build({**node, **settings}, ModalDataset, "dataset")
    data.prepare()
    return data


def seeded(seed=0):
    return Generator().manual_seed(seed)


def test_the_glob_finds_the_mixtures():
    assert {"ring", "grid", "mixture"} <= set(FILELESS)


@pytest.mark.parametrize("name", NODES)
def test_first_line_says_what_it_is(name):
    lines = (CONF / f"{name}.yaml").read_text().splitlines()
    said = next(line for line in lines if not line.startswith("# @package"))
    assert said.startswith("# ")


@pytest.mark.parametrize("name", FILELESS)
class TestLaws:
    def test_samples_have_the_shape(self, name):
        data = dataset(name)
        x = data.draw(7, seeded())
        assert x.shape == (7, *data.shape)
        assert x.dtype == torch.float32 and x.device.type == "cpu"

    def test_draw_is_a_function_of_the_generator_alone(self, name):
        data = dataset(name)
        generator = seeded(3)
        first, second = data.draw(9, generator), data.draw(9, generator)
        again = seeded(3)
        torch.rand(5)  # the global state plays no part
        assert torch.equal(data.draw(9, again), first)
        assert torch.equal(dataset(name).draw(9, again), second)
        assert not torch.equal(first, second)

    def test_weights_are_a_distribution(self, name):
        data = dataset(name)
        assert data.weights.shape == (data.num_modes,) and data.weights.dtype == torch.float64
        assert data.weights.sum().item() == pytest.approx(1, abs=1e-12)
        assert (data.weights > 0).all() and data.scale > 0 and 0 < data.ceiling <= 1

    def test_recognition_covers_every_sample(self, name):
        data = dataset(name)
        seen = data.recognise(data.draw(50, seeded()))
        assert seen.mode.shape == seen.good.shape == seen.distance.shape == (50,)
        assert seen.mode.dtype == torch.int64 and seen.good.dtype == torch.bool
        assert ((0 <= seen.mode) & (seen.mode < data.num_modes)).all()
        assert (seen.distance >= 0).all()

    def test_recognition_knows_the_order_of_samples_only(self, name):
        data = dataset(name)
        x = data.draw(50, seeded())
        order = torch.randperm(50, generator=seeded(1))
        straight, shuffled = data.recognise(x), data.recognise(x[order])
        assert torch.equal(straight.mode[order], shuffled.mode)
        assert torch.equal(straight.good[order], shuffled.good)

    def test_real_data_meets_the_ceiling(self, name):
        data = dataset(name)
        good = data.recognise(data.draw(20_000, seeded())).good.double().mean().item()
        assert good == pytest.approx(data.ceiling, abs=0.004)

    def test_real_data_follows_the_weights(self, name):
        data = dataset(name)
        mode = data.recognise(data.draw(20_000, seeded())).mode
        share = torch.bincount(mode, minlength=data.num_modes) / 20_000
        assert torch.allclose(share.double(), data.weights, atol=0.02)

    def test_default_protocol_keeps_its_own_rule(self, name):
        data = dataset(name)
        assert data.judged_by("l2", None) is data


VECTORS = [name for name in FILELESS if isinstance(dataset(name), GaussianModes)]


@pytest.mark.parametrize("name", VECTORS)
class TestVectorLaws:
    def test_a_centre_is_its_own_mode(self, name):
        data = dataset(name)
        seen = data.recognise(data.law.centres)
        assert torch.equal(seen.mode, torch.arange(data.num_modes))
        assert seen.good.all() and (seen.distance == 0).all()

    def test_net_units_have_unit_rms_std(self, name):
        x = dataset(name).draw(50_000, seeded())
        assert x.var(0).mean().sqrt().item() == pytest.approx(1, abs=0.02)

    def test_fixed_set_is_all_there_is(self, name):
        data = dataset(name, fixed_size=5)
        assert len(data.draw(200, seeded()).unique(dim=0)) == 5
        assert torch.equal(dataset(name, fixed_size=5).fixed, data.fixed)

    def test_another_rule_leaves_the_dataset_alone(self, name):
        data = dataset(name)
        before = data.ceiling
        assert data.judged_by("box", 1.0).ceiling < before == data.ceiling

    @pytest.mark.parametrize("setting", [{"fixed_size": 0}, {"std": 0.0}, {"std": "wide"}])
    def test_settings_out_of_range_are_refused(self, name, setting):
        with pytest.raises(UserError, match="dataset"):
            dataset(name, **setting)
