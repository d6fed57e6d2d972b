"""Defaults that depend on what the dataset holds."""

import pytest
import yaml

from mcgan.config.compose import compose
from mcgan.config.data_kind import say
from mcgan.config.option_file import option_file, rows
from small import resolve

PENALTY = option_file("reg", "gradient_penalty")


def penalty(*words: str) -> float:
    """The weight of the penalty, under a loss that does not change it."""
    words = ("objective=wgan", "reg=gradient_penalty", *words)
    return compose(*words).config["reg"]["gradient_penalty"]["weight"]


def test_wgan_gp_lets_its_penalty_fall_on_vectors_alone() -> None:
    def ends(*words: str) -> tuple[float, float]:
        weight = compose("objective=wgan_gp", *words).config["reg"]["gradient_penalty"]["weight"]
        return weight["from"], weight["to"]

    assert ends()[0] > ends()[1] and ends("dataset=grid") == ends()
    assert ends("dataset=stacked_mnist") == (10.0, 10.0)  # the paper's


def test_an_image_dataset_chooses_the_default_of_images() -> None:
    assert penalty() == penalty("dataset=grid") == 0.1
    assert penalty("dataset=stacked_mnist") == 10.0


def test_the_user_wins_over_both() -> None:
    word = "reg.gradient_penalty.weight=3"
    assert penalty(word) == penalty(word, "dataset=stacked_mnist") == 3.0


def test_a_vector_dataset_of_the_users_may_be_called_images() -> None:
    assert penalty("data_kind=images") == 10.0


@pytest.mark.parametrize(("kind", "weight"), [("vectors", 0.1), ("images", 10.0)])
def test_an_option_read_alone_is_resolved(kind: str, weight: float) -> None:
    assert resolve(yaml.safe_load(PENALTY.read_text()), kind)["weight"] == weight


def test_both_defaults_are_shown() -> None:
    shown = rows(PENALTY.read_text(), "reg", "reg.gradient_penalty")
    assert next(row for row in shown if row.name == "weight").default == "0.1; images: 10.0"
    assert say("2048") == "2048"
    both = "{from: '${vectors_or_images:1,2}', to: '${vectors_or_images:0.0,1e-4}'}"
    assert say(both) == "{from: '1; images: 2', to: '0.0; images: 1e-4'}"
