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
        (ROW | changed)[key] == pytest.approx(value) for key, value in found.shown.items())


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
    with_replay = composed("non_saturating", ("reg=replay",))
    assert {*bare} - {*causes.advice("forgetting", with_replay)} == {"reg=replay"}
    for own, others in {"hinge": {"wgan_gp", "r3gan"}, "wgan_gp": {"r3gan"}}.items():
        told = causes.advice("ahead", composed(own), {"objective": own})
        assert {word for word in told if "objective" in word} == {
            f"objective={name}" for name in others}
