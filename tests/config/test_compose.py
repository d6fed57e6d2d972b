"""`compose` gives what `mcgan train` would train, refuses as it does, and leaves Hydra alone."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.version import VersionBase

from mcgan.config.build import build
from mcgan.config.compose import compose
from mcgan.config.messages import list_options
from mcgan.errors import UserError
from mcgan.optim import Optim
from mcgan.run.directory import RunDirectory


def test_words_as_on_the_command_line(home):
    config = compose(
        "objective=plain_loss",
        "reg=[jitter,wave]",
        "~reg.wave",
        "+dataset.root=/a",
        "train.steps=7",
        "name=mine",
    ).config
    assert list(config["reg"]) == ["jitter"] and config["dataset"]["root"] == "/a"
    assert config["train"]["steps"] == 7 and config["name"] == "mine"
    assert config["train"]["device"] == "auto"  # enums by their names
    assert config["eval"]["samples"] == config["protocol"]["samples"]  # resolved
    assert "hydra" not in config


def test_the_default_name_says_what_was_typed():
    names = {compose("reg=[r1,ema]", "seed=1").config["name"] for _ in range(2)}
    assert len(names) == 2 and all(name.startswith("reg-r1+ema_seed-1_20") for name in names)


def test_the_command_line_trains_the_same(cli, home, experiment):
    words = ["objective=brings", "reg=jitter", "seed=3", "name=mine"]
    assert cli("train", *words).code == 0
    composed, status = compose(*words), RunDirectory(home / "runs" / "mine").status()
    assert status["config"] == composed.config == experiment.fitted[0]
    assert status["choices"] == composed.choices and composed.choices["reg"] == ["jitter"]


@pytest.mark.parametrize("word", [
    "objectve=wgan", "objective=plain_los", "reg=[jitter,wvae]", "train.batch_size=abc",
    "train.device=gpu", "reg.wave.height=5", "+train.stpes=5", "train.steps=0", "seed=-1",
    "train.compile=maybe", "name=../x", "seed=[", "seed=1,2", "reg=null", "resume=perhaps",
])  # fmt: skip
def test_a_mistake_is_the_sentence_of_the_command_line(cli, home, experiment, word):
    ended = cli("train", word)
    with pytest.raises(UserError) as raised:
        compose(word)
    assert ended == (2, "", f"mcgan train: {raised.value}\n")
    assert not GlobalHydra.instance().is_initialized()


def test_nothing_of_hydra_is_left():
    compose("seed=1")
    assert not GlobalHydra.instance().is_initialized()


def test_a_users_own_application_goes_on(home, tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "own.yaml").write_text("a: 1\n")
    with initialize_config_dir(str(tmp_path / "app"), version_base="1.2"):
        active = GlobalHydra.instance().hydra
        assert compose("seed=3", "objective=plain_loss").config["seed"] == 3
        with pytest.raises(UserError):
            compose("sede=3")
        assert GlobalHydra.instance().hydra is active
        assert str(VersionBase.instance().getbase()) == "1.2"
        assert hydra_compose("own") == {"a": 1}
        places = [each.path for each in active.config_loader.get_search_path().get_path()]
        assert not any("options" in place for place in places)  # those of MCGAN_CONF


def test_users_classes_are_in_reach(home):
    compose("objective=plain_loss", "name=x")
    assert {str(home), str(Path(home).parent / "options")} <= {*sys.path}


def by_turns(some: list[str], all_others: list[str]) -> list[Any]:
    """All pairs: each of the others with one of some by turns, the rest for `make long`."""
    return [
        pytest.param(one, other, marks=() if place % len(some) == turn else pytest.mark.long)
        for place, other in enumerate(all_others)
        for turn, one in enumerate(some)
    ]


@pytest.mark.parametrize(
    "preset, objective", by_turns(["collapse", "catalogue"], list_options("objective"))
)
def test_a_preset_composes_with_every_objective(preset, objective):
    """Also where the objective brings an optimiser of its own, which has other settings."""
    config = compose(f"experiment={preset}", f"objective={objective}", "name=x").config
    made = build(config["optim"], Optim, "optim")
    assert made.lr.start == 1e-3
    if preset == "collapse":
        assert config["optim"]["_target_"] == "mcgan.optim.Adam"
        assert made.betas == [0.5, 0.9] and made.of("D").lr.start == 4e-3


@pytest.mark.parametrize(
    "objective, preset", by_turns(["wgan", "r3gan"], list_options("experiment"))
)
def test_an_objective_that_brings_an_optimiser_goes_with_every_preset(preset, objective):
    config = compose(f"experiment={preset}", f"objective={objective}", "name=x").config
    build(config["optim"], Optim, "optim")


def test_the_user_still_chooses_the_optimiser_of_a_preset():
    words = ("experiment=catalogue", "objective=wgan", "optim=sgd", "name=x")
    assert compose(*words).config["optim"]["_target_"] == "mcgan.optim.SGD"


def test_a_strategy_without_its_package_line_is_told_of_it(tmp_path, monkeypatch):
    (tmp_path / "reg").mkdir()
    (tmp_path / "reg" / "fog.yaml").write_text("_target_: mcgan.reg.r1.R1\ngamma: 1.0\n")
    monkeypatch.setenv("MCGAN_CONF", str(tmp_path))
    with pytest.raises(UserError, match=r"/reg/fog\.yaml .* begin .* '# @package reg\.fog'"):
        compose("reg=fog", "name=x")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["reg=r1", "reg.r1.gamma=1e400"],
            "reg.r1.gamma must be finite, at most 3.4e+38 in size, not",
        ),
        (["reg=r1", "reg.r1.gamma={from:1,to:nan}"], "reg.r1.gamma.to must be finite, at most"),
        (["dataset.std=inf"], "dataset.std must be finite, at most 3.4e+38 in size, not inf"),
        (["optim.betas=[nan,0.9]"], "optim.betas must be finite"),
        (["optim.d={lr:1e39}"], "optim.d.lr must be finite"),
        ([f"train.steps={10**400}"], "train.steps must be a whole number below 2^63 in size"),
        ([f"seed={2**63}"], "seed must be a whole number below 2^63 in size"),
    ],
)
def test_settings_are_finite(words, sentence):
    with pytest.raises(UserError) as refused:
        compose(*words)
    assert str(refused.value).startswith(sentence)
