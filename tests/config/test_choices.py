"""Which option was chosen is stored, not guessed."""

import pytest

from finished import PENALTY, WASSERSTEIN, settings
from mcgan.config.choices import option
from mcgan.config.compose import compose


@pytest.mark.parametrize(("words", "chosen"), [
    ([], {"objective": "non_saturating", "reg": ["none"], "dataset": "ring", "arch": "mlp"}),
    (["reg=[r1,ema]"], {"reg": ["r1", "ema"]}),
    (["reg=[ema,r1]"], {"reg": ["ema", "r1"]}),
    (["reg=[]"], {"reg": []}),
    (["objective=r3gan"], {"objective": "r3gan", "reg": ["none"], "optim": "adam_burn_in"}),
    (["objective=wgan_gp", "reg=minibatch"], {"objective": "wgan_gp", "reg": ["minibatch"]}),
    (["dataset=stacked_mnist"], {"arch": "dcgan"}),  # the dataset's choice
    (["dataset=stacked_mnist", "arch=mlp"], {"arch": "mlp"}),
    (["experiment=paper/pacgan_ring_pac2"], {"experiment": "paper/pacgan_ring_pac2",
                                             "reg": ["pac"], "protocol": "pacgan"}),
    (["experiment=covered"], {"experiment": "covered", "objective": "rpgan",
                              "reg": ["mixture", "r1", "r2", "ema"]}),
])  # fmt: skip
def test_the_choice_of_each_group(words, chosen):
    found = compose("name=x", *words).choices
    assert {group: found.get(group) for group in chosen} == chosen
    assert not any(group.startswith("hydra") for group in found)


def test_a_users_own_options_are_choices_too(home):
    found = compose("objective=plain_loss", "reg=[wave,jitter]", "name=x").choices
    assert found["objective"] == "plain_loss" and found["reg"] == ["wave", "jitter"]


def test_two_options_of_one_class_are_told_apart():
    """Similarity could not do this: rpgan with R1, R2 and EMA looks like r3gan."""
    one, two = (compose(*words, "name=x") for words in (
        ["objective=r3gan"], ["objective=rpgan", "reg=[r1,r2,ema]"]))  # fmt: skip
    assert option("objective", *one) == "r3gan" and option("reg", *one) == "none"
    assert option("objective", *two) == "rpgan" and option("reg", *two) == "r1+r2+ema"


def test_a_strategy_that_was_taken_away_is_not_named():
    assert option("reg", *compose("reg=[r1,ema]", "~reg.r1", "name=x")) == "ema"


@pytest.mark.parametrize(
    ("group", "config", "name"),
    [
        ("objective", settings(objective=WASSERSTEIN), "Wasserstein"),  # neither wgan nor wgan_gp
        ("objective", settings(objective={"_target_": "mine.Loss"}), "Loss"),
        ("objective", settings(objective={"name": "plain"}), "plain"),
        ("objective", settings(objective=None), "none"),
        ("protocol", settings(), "default"),
        ("reg", settings(reg=None), "none"),
        ("reg", settings(reg={"r1": PENALTY, "ema": {}}), "r1+ema"),
    ],
)
def test_without_choices_the_name_or_the_class(group, config, name) -> None:
    assert option(group, config, {}) == name
