"""Groups are called by what differs, in the words one would type."""

from finished import MINIBATCH, PENALTY, REPLAY, WASSERSTEIN, chosen, settings
from mcgan.compare.labels import differences, labels
from mcgan.run.identity import generator_of


def of(*configs: dict) -> list[str]:
    return labels([(generator_of(config), chosen(config)) for config in configs])


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


def test_old_runs_without_choices_are_named_by_their_classes() -> None:
    penalised = settings(objective=WASSERSTEIN, reg={"gradient_penalty": PENALTY})
    old, new = (generator_of(config) for config in (penalised, settings()))
    assert labels([(old, {}), (new, chosen(settings()))]) == [
        "reg=gradient_penalty objective=Wasserstein",
        "reg=none objective=NonSaturating",
    ]


def test_no_configs_no_labels() -> None:
    assert labels([]) == [] and differences([], []) == []
