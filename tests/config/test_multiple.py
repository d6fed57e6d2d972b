"""Defaults that are a multiple of another setting."""

from mcgan.config.compose import compose
from mcgan.config.multiple import times
from mcgan.config.option_file import option_file, rows
from mcgan.experiment.components import build_components

FALLING = {"from": 1e-3, "to": 1e-4, "until": 0.5, "shape": "cosine"}


def rates(*words: str):
    """The rates of D and of G, as the rule of each player has them."""
    optim = build_components(compose("objective=wgan", "name=small", *words).config).optim
    return optim.of("D").lr, optim.of("G").lr


def test_both_ends_of_a_schedule_are_multiplied():
    assert times(FALLING, 2) == FALLING | {"from": 2e-3, "to": 2e-4}


def test_what_is_no_number_is_left_for_its_check_to_refuse():
    assert times("abc", 2) == "abc" and times(None, 2) is None


def test_on_vectors_the_generator_of_wgan_is_twelve_times_as_fast():
    d, g = rates()
    assert (g.start, g.end, g.shape) == (12 * d.start, 0.0, "cosine")


def test_it_follows_the_rate_that_is_typed():
    assert rates("optim.lr=1e-3") == (1e-3, 12e-3)


def test_its_own_rate_wins():
    assert rates("optim.lr=1e-3", "optim.g.lr=1e-4") == (1e-3, 1e-4)


def test_on_images_both_have_the_papers():
    d, g = rates("dataset=stacked_mnist", "arch=dcgan")
    assert d == g == 5e-5


def test_it_is_shown_in_words():
    shown = rows(option_file("optim", "rmsprop_wgan").read_text(), "optim", "optim.rmsprop_wgan")
    assert (
        next(row.default for row in shown if row.name == "g")
        == '{lr: "lr times 12; images: lr times 1"}'
    )
