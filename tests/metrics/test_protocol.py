import math
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from mcgan.config.build import build
from mcgan.errors import UserError
from mcgan.metrics.protocol import Protocol

FILES = sorted((Path(__file__).parents[2] / "conf" / "protocol").glob("*.yaml"))


def test_presets_are_found():
    assert {"default", "pacgan", "selfcond"} <= {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_presets_build_and_carry_their_own_name(file):
    assert build(OmegaConf.load(file), Protocol, "protocol").name == file.stem


def test_no_two_presets_measure_alike():
    built = [dict(OmegaConf.load(file), name="") for file in FILES]
    assert all(a != b for i, a in enumerate(built) for b in built[:i])


def test_unit_of_the_logarithm():
    assert Protocol().unit == 1 and Protocol(log_base=10).unit == pytest.approx(math.log(10))


@pytest.mark.parametrize(
    "setting, said",
    [
        ({"samples": 0}, "samples must be at least 2"),
        ({"norm": "l3"}, "norm must be one of l2, box"),
        ({"kl_over": "best"}, "kl_over must be one of all, good"),
        ({"threshold": 0.0}, "threshold must be above 0"),
        ({"norm": "box"}, "norm=box needs a threshold"),
        ({"log_base": 1.0}, "log_base must be above 1"),
    ],
)
def test_refuses(setting, said):
    with pytest.raises(UserError, match=said):
        build({"_target_": "mcgan.metrics.protocol.Protocol", **setting}, Protocol, "protocol")


def test_the_yaml_of_selfcond_says_which_ring_is_theirs():
    """Theirs is twice as wide as ours at the same std."""
    [file] = [file for file in FILES if file.stem == "selfcond"]
    assert "`dataset=ring dataset.radius=2`" in file.read_text()
