import shlex

import pytest
import yaml

from mcgan.config.paths import conf_dir
from mcgan.config.schema import Root
from mcgan.verdict import causes, rules
from small import composed

STUCK = rules.State("collapsed", 100, collapsed=True)
ROW = {"step": 100.0, "critic_fakes": 0.8, "critic_old": 0.8, "slope_real": 1.0, "slope_fake": 1.0,
       "reach": 0.8, "fresh": 0.0, "spread": 0.2}  # fmt: skip


@pytest.mark.parametrize("cause, changed", [
    ("ahead", {"critic_fakes": 1.0, "critic_old": 1.0}),
    ("vanishing", {"critic_fakes": 1.0, "critic_old": 1.0, "reach": 0.01}),
    ("forgetting", {"critic_fakes": 0.6, "critic_old": 0.5, "fresh": 0.9}),
    ("forgetting", {"critic_fakes": 0.99, "critic_old": 0.4}),
    ("capacity", {"critic_fakes": 0.5, "slope_real": 0.001}),
    ("alone", {}),
])  # fmt: skip
def test_each_cause_has_its_signs(cause, changed):
    found = causes.cause([ROW | changed] * 3, STUCK)
    assert found and found.key == cause
    assert found.shown and all(
        (ROW | changed)[key] == pytest.approx(value) for key, value in found.shown.items()
    )


def test_signs_are_means_of_the_last_evaluations():
    rows = [ROW | {"critic_fakes": value} for value in (0.0, 0.9, 1.0, 1.0)]
    found = causes.cause(rows, STUCK)
    assert found and found.shown["critic_fakes"] == pytest.approx(2.9 / 3)


@pytest.mark.parametrize("cause, changed", [
    ("wide", {}),
    ("between", {"between": 0.6}),
    ("elsewhere", {"elsewhere": 0.6}),
])  # fmt: skip
def test_off_the_data_it_is_told_where(cause, changed):
    row = {"on_data": 0.1, "between": 0.0, "elsewhere": 0.0, "blur": 4.3, "spread": 1.1} | changed
    found = causes.cause([row] * 3, rules.State("off", 100))  # whatever the critic makes of it
    assert found and found.key == cause and found.shown["on_data"] == pytest.approx(0.1)
    young = causes.cause([row] * 3, rules.State("sharpening", 100))
    assert young and young.key == "unfinished" and young.shown["blur"] == pytest.approx(4.3)


def test_where_samples_lie_is_told_of_now():
    row = {"on_data": 0.9, "between": 0.0, "elsewhere": 0.0, "blur": 1.0}
    now = row | {"on_data": 0.1, "between": 0.8}
    found = causes.cause([row, row, now], rules.State("off", 100))
    assert found == causes.Cause("between", {"on_data": 0.1, "between": 0.8})


def test_health_has_no_cause_and_divergence_has_one_of_its_own():
    for kind in ("healthy", "early"):
        assert causes.cause([ROW], rules.State(kind, 100)) is None
    found = causes.cause([ROW], rules.State("diverged", 100))
    assert found == causes.Cause("overflow", {})


@pytest.mark.parametrize("key", causes.load_causes())
def test_what_is_advised_exists(key):
    known = causes.load_causes()[key]
    assert known.keys() == {"name", "means", "try"}
    config = yaml.safe_load((conf_dir() / "config.yaml").read_text())
    for group in known["try"].keys() - {"settings"}:
        for option in known["try"][group]:
            assert (conf_dir() / group / f"{option}.yaml").is_file(), option
    for setting in known["try"].get("settings", ()):
        group, first = setting.split(".")[:2]
        if group in config and first in config[group]:
            continue
        assert group in Root.__dataclass_fields__ and group in str(config["defaults"])
        options = [yaml.safe_load(p.read_text()) for p in (conf_dir() / group).glob("*.yaml")]
        assert any(first in option for option in options), setting


def test_every_sign_has_a_cause_and_every_cause_a_sign():
    signs = {*causes.SIGNS, "alone", "overflow", *causes.PLACES, "wide", "unfinished"}
    assert signs == {*causes.load_causes()}


def test_what_a_run_has_is_not_advised():
    bare = causes.advice("forgetting", composed("non_saturating"))
    assert {"reg=replay", "reg=r1"} <= {*bare}
    with_replay = causes.advice("forgetting", composed("non_saturating", ("reg=replay",)))
    assert "'reg=[replay,r1]'" in with_replay and not any("=replay" in word for word in with_replay)
    for own, others in {"hinge": {"wgan_gp", "r3gan"}, "wgan_gp": {"r3gan"}}.items():
        told = causes.advice("ahead", composed(own), {"objective": own})
        assert {word for word in told if "objective" in word} == {
            f"objective={name}" for name in others
        }


def test_advice_keeps_the_strategies_that_were_chosen_and_not_what_the_objective_brought():
    config = composed("wgan_gp", ("reg=minibatch",))
    told = causes.advice("alone", config, {"objective": "wgan_gp", "reg": ["minibatch"]})
    assert {*told} == {"'reg=[minibatch,pac]'", "'reg=[minibatch,mixture]'", "objective=r3gan"}
    for word in told:
        assert composed("wgan_gp", ("reg=minibatch", *shlex.split(word)))


@pytest.mark.parametrize("key, words, told", [
    ("ahead", ("optim.lr=0.002",), "optim.d.lr=0.001"),
    ("ahead", ("optim.lr=0.002", "optim.d.lr=0.5"), "optim.d.lr=0.25"),
    ("forgetting", ("optim.lr=0.002",), "optim.g.lr=0.001"),
    ("forgetting", (), "'optim.betas=[0,0.9]'"),
    ("unfinished", ("train.steps=300",), "train.steps=600"),
    ("wide", ("train.steps=300",), "train.steps=600"),
    ("capacity", ("arch.width=32",), "arch.critic_width=64"),
    ("capacity", ("arch.critic_width=10",), "arch.critic_width=20"),
])  # fmt: skip
def test_settings_are_advised_with_a_value(key, words, told):
    assert told in causes.advice(key, composed("non_saturating", words))


@pytest.mark.parametrize(
    "key, setting",
    [("elsewhere", "optim.lr"), ("ahead", "optim.d.lr"), ("forgetting", "optim.g.lr")],
)
def test_a_schedule_is_advised_as_a_schedule_that_can_be_pasted(key, setting):
    config = composed("non_saturating", ("optim.lr={from: 2e-3, to: 0.0, until: 0.9}",))
    word = f"{setting}={{from: 0.001, to: 0, until: 0.9, shape: cosine}}"
    assert shlex.quote(word) in causes.advice(key, config)
    composed("non_saturating", (word,))


@pytest.mark.parametrize("key, words, setting", [
    ("forgetting", ("optim.betas=[0,0.9]",), "optim.betas"),
    ("forgetting", ("optim=sgd",), "optim.betas"),
])  # fmt: skip
def test_a_setting_that_cannot_be_scaled_or_is_so_already_is_not_advised(key, words, setting):
    told = causes.advice(key, composed("non_saturating", words))
    assert told and not any(setting in word for word in told)
