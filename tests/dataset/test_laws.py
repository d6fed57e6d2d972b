"""Laws of every dataset that needs no files, found by its YAML."""

from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Generator

from mcgan.config.build import build
from mcgan.config.option_file import own_node
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.vectors import GaussianModes
from mcgan.errors import UserError
from mcgan.experiment.laws.dataset import LAWS, OF_VECTORS, laws_of

CONF = Path(__file__).parents[2] / "conf" / "dataset"
NODES = {file.stem: own_node(file.read_text(), "dataset") for file in sorted(CONF.glob("*.yaml"))}
NEEDS = {"root", "steps"}  # files, or a classifier of pictures: their own tests try the laws
FILELESS = [name for name, node in NODES.items() if not NEEDS & {*node}]


def dataset(name, **settings):
    node = {key: value for key, value in NODES[name].items() if key != "defaults"}
    data = build({**node, **settings}, ModalDataset, "dataset")
    data.prepare()
    return data


def test_the_glob_finds_the_mixtures():
    assert {"ring", "grid", "mixture"} <= set(FILELESS)


@pytest.mark.parametrize("name", NODES)
def test_first_line_says_what_it_is(name):
    lines = (CONF / f"{name}.yaml").read_text().splitlines()
    said = next(line for line in lines if not line.startswith("# @package"))
    assert said.startswith("# ")


LAWS_OF = {name: laws_of(partial(dataset, name)) for name in FILELESS}


@pytest.mark.parametrize(("name", "law"), [(n, law) for n in FILELESS for law in LAWS_OF[n]])
def test_it_keeps_the_law(name, law):
    LAWS_OF[name][law]()


def test_the_laws_of_all_data_are_among_them():
    assert all({*LAWS, *OF_VECTORS} <= {*laws} for laws in LAWS_OF.values())


VECTORS = [name for name in FILELESS if isinstance(dataset(name), GaussianModes)]


@pytest.mark.parametrize("name", VECTORS)
class TestVectorLaws:
    def test_fixed_set_is_all_there_is(self, name):
        data = dataset(name, fixed_size=5)
        assert len(data.draw(200, Generator().manual_seed(0)).unique(dim=0)) == 5
        assert torch.equal(dataset(name, fixed_size=5).fixed, data.fixed)

    def test_another_rule_leaves_the_dataset_alone(self, name):
        data = dataset(name)
        before = data.ceiling
        assert data.with_rule("box", 1.0).ceiling < before == data.ceiling

    @pytest.mark.parametrize("setting", [{"fixed_size": 0}, {"std": 0.0}, {"std": "wide"}])
    def test_settings_out_of_range_are_refused(self, name, setting):
        with pytest.raises(UserError, match="dataset"):
            dataset(name, **setting)
