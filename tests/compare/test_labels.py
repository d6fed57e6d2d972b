"""Groups are called by what differs, in the words one would type."""

import pytest

from finished import MINIBATCH, PENALTY, REPLAY, WASSERSTEIN, settings
from mcgan.compare.grouping import identity
from mcgan.compare.labels import differences, labels, option


def of(*configs: dict) -> list[str]:
    return labels([identity(config) for config in configs])


def test_strategies_and_objective() -> None:
    penalised = {"gradient_penalty": PENALTY, "minibatch": MINIBATCH}
    assert of(
        settings(), settings(reg={"minibatch": MINIBATCH, "replay": REPLAY}),
        settings(objective=WASSERSTEIN, reg=penalised),
        settings(objective=WASSERSTEIN, reg={"gradient_penalty": PENALTY}),
    ) == ["reg=none objective=non_saturating", "reg=minibatch+replay objective=non_saturating",
          "reg=minibatch objective=wgan_gp", "reg=none objective=wgan_gp"]  # fmt: skip


def test_one_group_says_what_it_is() -> None:
    assert of(settings()) == ["reg=none objective=non_saturating"]


def test_what_all_share_is_not_said_and_what_differs_is() -> None:
    one, two = {"minibatch": MINIBATCH}, {"minibatch": {**MINIBATCH, "kernels": 32}}
    assert of(settings(reg=one), settings(reg=two), settings(reg={"replay": REPLAY})) == [
        "reg=minibatch reg.minibatch.kernels=16", "reg=minibatch reg.minibatch.kernels=32",
        "reg=replay"]  # fmt: skip
    falling = {"from": 1e-3, "to": 0.0, "shape": "cosine"}
    assert of(settings(), settings(optim__lr=falling, train__steps=20_000)) == [
        "optim.lr=0.0002 train.steps=1000",
        "optim.lr={from:0.001,to:0,shape:cosine} train.steps=20000"]  # fmt: skip


def test_the_order_of_strategies_is_a_difference() -> None:
    both = {"minibatch": MINIBATCH, "replay": REPLAY}
    back = dict(reversed(both.items()))
    assert of(settings(reg=both), settings(reg=back)) == [
        "reg=minibatch+replay", "reg=replay+minibatch"]  # fmt: skip
    first, last = {"gradient_penalty": PENALTY, **both}, {**both, "gradient_penalty": PENALTY}
    penalised = [settings(objective=WASSERSTEIN, reg=reg) for reg in (first, last)]
    label = "reg=minibatch+replay objective=wgan_gp"  # the penalty is the objective's
    assert of(*penalised) == [label, f"{label} (2)"]


def test_a_setting_that_one_does_not_have() -> None:
    old = settings()
    del old["arch"]["width"]
    new = settings(arch__latent=2)
    assert of(old, new) == ["arch.latent=16", "arch.latent=2 arch.width=128"]


@pytest.mark.parametrize(("group", "config", "name"), [
    ("objective", settings(objective=WASSERSTEIN), "Wasserstein"),  # neither wgan nor wgan_gp
    ("objective", settings(objective={"_target_": "mine.Loss"}), "Loss"),
    ("objective", settings(objective={"name": "plain"}), "plain"),
    ("objective", settings(objective=None), "none"),
    ("optim", settings(), "adam"), ("dataset", settings(), "ring"), ("arch", settings(), "mlp"),
    ("protocol", settings(), "default"), ("reg", settings(reg=None), "none"),
])
def test_options_by_the_names_of_their_yamls(group, config, name) -> None:
    assert option(group, config) == name


def test_a_users_own_option(home, monkeypatch) -> None:
    mine = {"jitter": {"_target_": "mine.Jitter", "strength": 0.1}}
    assert option("reg", settings(reg=mine)) == "jitter"
    assert of(settings(), settings(reg=mine)) == ["reg=none", "reg=jitter"]


def test_no_configs_no_labels() -> None:
    assert labels([]) == [] and differences([], ("dataset",)) == []
