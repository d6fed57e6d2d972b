import math

import pytest
import torch

from mcgan.engine.scalars import Scalars
from mcgan.experiment.window import Casualty, Window, casualties, means, tag_of

NAN, INF = math.nan, math.inf


def turns_of_two(step: int) -> list[str]:
    return ["D", "D", "G"]


def step(d1, d2, g, player_term: str = "r1"):
    """One step of two replicas: the critic's losses in its two turns, the generator's loss."""

    def scalars(loss):
        return Scalars(("loss", player_term), torch.tensor([loss, [0.0, 0.0]]))

    return [("D", scalars(d1)), ("D", scalars(d2)), ("G", Scalars(("loss",), torch.tensor([g])))]


def window(*steps, first: int = 0) -> Window:
    made = Window(first)
    for each in steps:
        made.add(each)
    return made


FINE = step([1.0, 2.0], [3.0, 4.0], [5.0, 6.0])


def test_columns_hold_every_turn_by_player_and_name():
    columns = window(FINE, FINE).columns()
    assert columns["D/loss"].tolist() == [[1, 2], [3, 4], [1, 2], [3, 4]]
    assert columns["G/loss"].tolist() == [[5, 6], [5, 6]]


def test_a_single_networks_scalars_are_one_column():
    made = window(
        [
            ("D", Scalars(("loss",), torch.tensor([1.0]))),
            ("G", Scalars(("loss",), torch.tensor([2.0]))),
        ]
    )
    assert made.columns()["D/loss"].tolist() == [[1.0]]


def test_means_are_over_the_window_by_replica():
    found = means(window(FINE, step([3.0, 4.0], [5.0, 6.0], [7.0, 8.0])).columns())
    assert found == {"loss/D": [3, 4], "loss/G": [6, 7], "term/D_r1": [0, 0]}


def test_a_window_taken_up_from_a_checkpoint_is_the_whole_window():
    early, late = window(FINE), step([3.0, 4.0], [5.0, 6.0], [7.0, 8.0])
    resumed = Window(0, early.columns())
    resumed.add(late)
    assert means(resumed.columns()) == means(window(FINE, late).columns())


@pytest.mark.parametrize(
    "key, tag",
    [
        ("D/score_real", "score/real"),
        ("D/loss", "loss/D"),
        ("G/grad_norm", "grad_norm/G"),
        ("D/gradient_penalty", "term/D_gradient_penalty"),
    ],
)
def test_tags(key, tag):
    assert tag_of(key) == tag


def test_all_finite_has_no_casualties():
    assert casualties(window(FINE, FINE).columns(), 0, turns_of_two) == []


@pytest.mark.parametrize(
    "bad, replica, number, player",
    [
        (step([1.0, NAN], [3.0, 4.0], [5.0, 6.0]), 1, 8, "D"),
        (step([1.0, 2.0], [INF, 4.0], [5.0, 6.0]), 0, 8, "D"),
        (step([1.0, 2.0], [3.0, 4.0], [5.0, -INF]), 1, 8, "G"),
    ],
)
def test_a_casualty_names_step_player_and_term(bad, replica, number, player):
    found = casualties(window(FINE, FINE, bad, FINE, first=5).columns(), 5, turns_of_two)
    assert found == [Casualty(replica, number, player, "loss")]


def test_the_first_death_counts():
    early = step([1.0, 2.0], [3.0, NAN], [5.0, NAN])
    late = step([NAN, NAN], [NAN, NAN], [NAN, NAN])
    found = casualties(window(FINE, early, late).columns(), 0, turns_of_two)
    assert found == [Casualty(0, 3, "D", "loss"), Casualty(1, 2, "D", "loss")]


def test_a_casualty_of_steps_without_d_is_dated_right():
    """Of steps 3 to 6, counted from 0, D has turns in 4 and 6 alone."""

    def turns(step: int) -> list[str]:
        return ["G"] if step % 2 else ["D", "D", "G"]

    g_alone, dying = FINE[2:], step([1.0, 2.0], [3.0, NAN], [5.0, 6.0])
    columns = window(g_alone, FINE, g_alone, dying, first=3).columns()
    assert casualties(columns, 3, turns) == [Casualty(1, 7, "D", "loss")]
