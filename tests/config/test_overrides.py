import copy

import pytest

from mcgan.config.overrides import EVALUATED, RESUMED, overridden, split_insistence
from mcgan.errors import UserError
from mcgan.metrics.protocol import Protocol
from small import composed


def changed(words: list[str], allowed=RESUMED):
    return overridden(composed("wgan"), words, allowed)


def test_words_change_what_they_name_and_nothing_else():
    config = changed(["train.steps=77", "eval.every=0", "train.stop_on=collapse"])
    assert config["train"]["steps"] == 77 and config["eval"]["every"] == 0
    assert config["train"]["stop_on"] == "collapse"
    same = copy.deepcopy(composed("wgan"))
    same["train"] |= {"steps": 77, "stop_on": "collapse"}
    same["eval"]["every"] = 0
    assert config == same
    assert composed("wgan")["train"]["steps"] == 20


def test_another_protocol_brings_its_sample_size():
    config = changed(["protocol=veegan"], EVALUATED)
    assert config["protocol"]["name"] == "veegan"
    assert config["eval"]["samples"] == config["protocol"]["samples"] != 50
    config = changed(["protocol=veegan", "eval.samples=60"], EVALUATED)
    assert config["eval"]["samples"] == 60


@pytest.mark.parametrize(
    "word, sentence",
    [
        ("train.stepz=5", "train.stepz cannot be changed here; did you mean 'train.steps'"),
        ("seed=5", "seed cannot be changed here"),
        ("objective=hinge", "objective cannot be changed here"),
        ("train.steps=many", "train.steps must be a whole number"),
        ("train.steps=0", "train.steps must be at least 1, not 0"),
    ],
)
def test_what_would_be_another_run_or_makes_no_sense_is_refused(word, sentence):
    with pytest.raises(UserError, match=sentence):
        changed([word])


def test_an_unknown_protocol_is_refused():
    with pytest.raises(UserError, match="no protocol named 'vegan'; did you mean 'veegan'"):
        changed(["protocol=vegan"], EVALUATED)


@pytest.mark.parametrize("value", ["[", "{", "*x", "!!x 1", "9" * 5000])
def test_a_value_that_is_no_yaml_is_one_sentence(value):
    with pytest.raises(UserError, match=r"^(cannot read )?train\.steps"):
        changed([f"train.steps={value}"])


@pytest.mark.parametrize("name", ["../config", "/etc/passwd", 300 * "a", "", "."])
def test_a_protocol_is_a_name(name):
    with pytest.raises(UserError, match=r"^no protocol named"):
        changed([f"protocol={name}"], EVALUATED)


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "a/b", "", ".hidden", "a\nb", 300 * "a"])
def test_a_stored_protocol_has_a_name_that_is_no_path(name):
    with pytest.raises(ValueError, match="is no name: use letters"):
        Protocol(name=name)


def test_insisting_on_changed_data_is_no_setting():
    assert split_insistence(["train.steps=5", "data=changed"]) == (["train.steps=5"], True)
    assert split_insistence(["dataset.root=x"]) == (["dataset.root=x"], False)
    with pytest.raises(UserError, match=r"^data=new means nothing: .* data=changed"):
        split_insistence(["data=new"])
