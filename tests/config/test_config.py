"""What composes to what, on the files of conf/ and on a user's own beside them."""

from pathlib import Path

import pytest
import yaml
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict

from mcgan.config.build import build
from mcgan.config.compose import config_loader, register
from mcgan.config.paths import conf_dir
from mcgan.config.schema import check
from mcgan.errors import UserError
from mcgan.optim import Optim

PRESETS = sorted(
    file.relative_to(conf_dir() / "experiment").with_suffix("").as_posix()
    for file in (conf_dir() / "experiment").rglob("*.yaml")
)
OPTIONS = {
    group: sorted(file.stem for file in (conf_dir() / group).glob("*.yaml"))
    for group in ("objective", "dataset", "arch", "optim", "protocol")
}


def composed(*words: str) -> DictConfig:
    """As Hydra composes it, before it is checked: without what a user's classes would refuse."""
    register()
    with config_loader() as loader:
        config = loader.load_configuration("config", list(words), RunMode.RUN)
    config.name = config.name
    with open_dict(config):
        del config["hydra"]
    return config


def chosen(*words: str) -> list[str]:
    return list(composed("objective=plain_loss", *words).reg)


@pytest.mark.parametrize(
    ("words", "reg"),
    [
        ([], []),
        (["reg=jitter"], ["jitter"]),
        (["reg=[jitter]"], ["jitter"]),
        (["reg=[jitter,wave]"], ["jitter", "wave"]),
        (["reg=[wave,jitter]"], ["wave", "jitter"]),
        (["reg=none"], []),
        (["reg=[none,wave]"], ["wave"]),
        (["reg=[]"], []),
        (["~reg"], []),
        (["reg=[wave,wave]"], ["wave"]),
    ],
)
def test_strategies_combine_as_a_list(home, words, reg):
    assert chosen(*words) == reg


@pytest.mark.parametrize(
    ("words", "reg"),
    [
        ([], ["wave"]),
        (["reg=jitter"], ["wave", "jitter"]),
        (["reg=[jitter,wave]"], ["wave", "jitter"]),
        (["reg=none"], ["wave"]),
        (["reg=[]"], ["wave"]),
        (["~reg.wave"], []),
        (["~reg.wave", "reg=jitter"], ["jitter"]),
    ],
)
def test_an_objective_brings_its_strategy(home, words, reg):
    assert list(composed("objective=brings", *words).reg) == reg


def test_settings_of_a_strategy(home):
    cfg = composed("objective=plain_loss", "reg=jitter", "reg.jitter.strength=0.5")
    assert cfg.reg.jitter == {"_target_": "mine.Jitter", "strength": 0.5}


@pytest.mark.parametrize("row", range(max(map(len, OPTIONS.values()))))
def test_every_option_composes(row):
    """Row by row: an option of each group at a time."""
    chosen = {group: names[row % len(names)] for group, names in OPTIONS.items()}
    cfg = composed(*(f"{group}={name}" for group, name in chosen.items()))
    for group, name in chosen.items():
        own = OmegaConf.load(conf_dir() / group / f"{name}.yaml")
        assert own.get(group, own)._target_ == cfg[group]._target_  # a recipe names its group


def test_every_strategy_composes_at_its_own_place():
    names = sorted(file.stem for file in (conf_dir() / "reg").glob("*.yaml"))
    cfg = composed(f"reg=[{','.join(names)}]")
    assert sorted(cfg.reg) == [name for name in names if name != "none"]
    assert all("_target_" in node for node in cfg.reg.values())


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_composes(name):
    """And what it sets is what a run gets, with the numbers and schedules that it wrote."""
    config = check(composed(f"experiment={name}"))
    wanted = yaml.safe_load((conf_dir() / "experiment" / f"{name}.yaml").read_text())
    wanted.pop("defaults", None)
    assert OmegaConf.to_container(OmegaConf.merge(config, wanted)) == config


def test_every_file_says_what_it_is():
    from mcgan.cli.options import groups

    silent = [f"{g}/{o.name}" for g, options in groups().items() for o in options if not o.what]
    assert not silent


@pytest.mark.parametrize("name", ["adam", "rmsprop", "sgd"])
def test_optimisers_build_with_a_rate_for_the_critic(name):
    rule = build(composed(f"optim={name}", "optim.d.lr=0.5").optim, Optim, "optim")
    assert rule.of("D").lr == 0.5 and rule.of("G").lr == rule.lr
    same = build(composed(f"optim={name}").optim, Optim, "optim")
    assert same.of("D").lr == same.lr


@pytest.mark.parametrize(
    "rate, ends",
    [
        ("{from: 2.0, to: 0.0, until: 1.0, shape: cosine}", (0.5, 0.0)),
        ("{from: 2.0, to: 1.5}", (1.5, 1.5)),  # above the floor already
        ("{from: 1.0, to: 3.0}", (3.0, 3.0)),  # it rises
    ],
)
def test_a_floor_is_a_share_of_a_player_s_first_rate(rate, ends):
    words = ("optim=adam", f"optim.lr={rate}", "+optim.d.lr_floor=0.25")
    rule = build(composed(*words).optim, Optim, "optim")
    assert (rule.of("D").lr.end, rule.of("G").lr.end) == ends
    assert rule.of("D").lr.start == rule.lr.start and rule.of("D").lr.shape == rule.lr.shape


def test_a_floor_leaves_a_constant_rate():
    rule = build(
        composed("optim=adam", "optim.lr=0.1", "+optim.d.lr_floor=1").optim, Optim, "optim"
    )
    assert rule.of("D").lr == rule.of("G").lr == 0.1


def test_the_user_wins_over_what_a_dataset_chooses():
    assert composed("dataset=stacked_mnist").arch == composed("arch=dcgan").arch
    assert composed("dataset=stacked_mnist", "arch=mlp").arch == composed("arch=mlp").arch


def test_plain_gives_names_for_enums_and_resolves():
    config = check(composed("train.device=cpu", "train.compile=false"))
    assert config["train"]["device"] == "cpu" and config["train"]["compile"] is False
    assert config["eval"]["samples"] == config["protocol"]["samples"]
    assert config["name"].startswith("train.device-cpu_train.compile-false_20")


@pytest.mark.parametrize(
    "words", ["train.log_every=0", "train.threads=0", "eval.every=-1", "eval.samples=1"]
)
def test_ranges(words):
    with pytest.raises(UserError, match=f"{words.partition('=')[0]} must be at least"):
        check(composed(words))


def test_a_missing_variable_is_one_sentence():
    cfg = OmegaConf.merge(composed(), {"runs_dir": "${oc.env:MCGAN_NO_SUCH_VARIABLE}"})
    with pytest.raises(UserError, match=r"^runs_dir: .*MCGAN_NO_SUCH_VARIABLE"):
        check(cfg)


def test_conf_is_where_the_package_says():
    assert (Path(conf_dir()) / "config.yaml").is_file()
