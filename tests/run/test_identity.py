"""What makes two runs the same is said once: for a folder, and for a table."""

import pytest

from mcgan.config.compose import compose
from mcgan.run.existing import difference
from mcgan.run.identity import data_of, generator_of, identity

FOLDER = {"dataset": {"size": 32, "split": "train", "background": "white", "white": None}}


@pytest.mark.parametrize(("group", "key", "other"), [
    ("arch", "norm", "batch"), ("arch", "critic_activation", "maxout"),
    ("arch", "critic_octaves", 3), ("objective", "generator_steps", 2),
    ("dataset", "background", "black"), ("dataset", "split", "test"), ("dataset", "white", 255),
])  # fmt: skip
def test_a_run_of_before_a_setting_is_the_same_run(group, key, other):
    config = FOLDER if group == "dataset" else compose("name=x").config
    before = config | {group: {k: v for k, v in config[group].items() if k != key}}
    assert difference(identity(before), identity(config)) == ""
    changed = config | {group: config[group] | {key: other}}
    assert key in difference(identity(before), identity(changed))
    same = [data_of, generator_of][group != "dataset"]
    assert same(before) == same(config) != same(changed)


@pytest.mark.parametrize(
    "word",
    [
        "seed=7",
        "replicas=3",
        "train.log_every=7",
        "eval.every=3",
        "eval.samples=50",
        "protocol=pacgan",
        "dataset.modes=5",
    ],
)
def test_a_generator_is_what_it_is_however_it_is_measured(word):
    config, other = (compose("name=x", *words).config for words in ([], [word]))
    assert generator_of(config) == generator_of(other)
    assert identity(config) != identity(other)


@pytest.mark.parametrize("word", ["reg=r1", "arch.width=7", "train.steps=7", "optim.lr=7"])
def test_what_is_trained_otherwise_is_another_generator(word):
    config, other = (compose("name=x", *words).config for words in ([], [word]))
    assert generator_of(config) != generator_of(other)


def test_a_run_of_before_features_is_the_same_run():
    config = compose("name=x").config
    before = config | {"eval": {k: v for k, v in config["eval"].items() if k != "features"}}
    assert difference(identity(before), identity(config)) == ""
    changed = config | {"eval": config["eval"] | {"features": "auto"}}
    assert "features" in difference(identity(before), identity(changed))
    assert generator_of(before) == generator_of(changed)  # it says how a run is measured


def test_a_run_of_before_devices_had_one_and_more_of_them_train_the_same_generator():
    config, two = (compose("name=x", *words).config for words in ([], ["train.devices=2"]))
    before = config | {"train": {k: v for k, v in config["train"].items() if k != "devices"}}
    assert difference(identity(before), identity(config)) == ""
    assert "train" in difference(identity(config), identity(two))  # resume changes it
    assert generator_of(before) == generator_of(config) == generator_of(two)
