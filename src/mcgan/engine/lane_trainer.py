"""A trainer of lanes: games of one structure, each with a seed and numbers of its own."""

from collections.abc import Sequence

from mcgan.engine import engines
from mcgan.engine.lane_numbers import Differences, Unlike, find_numbers
from mcgan.engine.trainer import Lane, Trainer
from mcgan.gan.autodiff import Autodiff


class LaneTrainer(Trainer):
    """Trains lanes as one; lane i is the solo run of its game, rules, data and seed.

    ``differences`` are as ``find_differences`` finds them.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        differences: Differences,
        device: str = "cpu",
        compiled: bool = False,
    ) -> None:
        games = [lane.game.to(device=device) for lane in lanes]
        build = engines.build_compiled if compiled else engines.build_pure
        self._take(lanes, build(games, lanes[0].rules, differences))
        way: Autodiff = games[0].autodiff
        for game in games:  # each is also looked at by itself
            game.autodiff = way


def find_differences(lanes: Sequence[Lane]) -> Differences:
    """The numbers in which lanes differ. Raises Unlike where they differ in more than those."""
    games = [lane.game for lane in lanes]
    draws = [game.draws(game.batch) for game in games]
    if any(each != draws[0] for each in draws):
        raise Unlike("the random numbers of a turn")
    return Differences(find_numbers(games), find_numbers([lane.rules for lane in lanes]))
