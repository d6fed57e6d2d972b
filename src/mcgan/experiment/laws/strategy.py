"""What holds for every strategy. ``make(seed=, replicas=, dtype=, pure=)`` builds a new trainer."""

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch

from mcgan.config.settings import read_settings
from mcgan.engine.draws import stream
from mcgan.engine.replicas import flatten
from mcgan.engine.trainer import Trainer
from mcgan.experiment.laws.holding import require
from mcgan.experiment.laws.small_trainer import (
    copy_state,
    find_changed,
    largest_difference,
    run,
    state_by_parameter,
)
from mcgan.experiment.laws.watching import see_attributes, see_versions, watch
from mcgan.gan.sampling import sampler
from mcgan.types import PLAYERS, Moment, Tensors

Make = Callable[..., Trainer]
TAKEN = {"half", "float", "double", "train", "eval", "to"}  # names that torch's modules use


def settings_agree(node: Mapping[str, Any], cls: Any) -> None:
    """The YAML gives every setting of the class and no other; ``off`` names settings."""
    names, given = read_settings(cls).keys(), node.keys() - {"_target_"}
    require(not given - names, f"the class has no {list_names(given - names)}, which the YAML sets")
    require(not names - given, f"the YAML does not give {list_names(names - given)}")
    require(not names & TAKEN, f"torch's modules have a {list_names(names & TAKEN)} of their own")
    require(cls.off.keys() <= names, f"off names no setting: {list_names(cls.off.keys() - names)}")


def list_names(names: Any) -> str:
    """The first three names, and how many more there are."""
    first, more = sorted(names)[:3], len(names) - 3
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


def it_trains(make: Make) -> None:
    """A step runs: no hook raises an error."""
    try:
        run(make(), 1)
    except RuntimeError as error:
        if "inplace operation" in str(error):
            nothing_is_written(make)  # it names the hook, which autograd does not
        raise


def losses_are_finite(make: Make) -> None:
    """Both players move, and every scalar is finite."""
    seen = run(make(), 3)
    bad = {
        name for _, scalars in seen for name, value in scalars.items() if not value.isfinite().all()
    }
    require(not bad, f"not finite within three steps: {list_names(bad)}")
    require({player for player, _ in seen} == set(PLAYERS), "a player has no turn")


def nothing_is_written(make: Make) -> None:
    """No turn, nor the showing of samples, writes to a tensor in place."""
    noted = make()
    watch(
        noted.game,
        see_versions,
        lambda hook, name: (
            f"{hook} writes to {name} in place: make a "
            "new tensor; new values are returned from 'after'"
        ),
    )
    run(noted, 2)
    trainer = make()
    run(trainer, 1)
    before, game = copy_state(trainer), trainer.game
    for turn, player in enumerate(trainer.turns):
        x, noise = trainer.draws(1, turn)
        game.play(player, x, Moment(noise, torch.tensor(0.5)))
    wrote = find_changed(before, copy_state(trainer))
    require(not wrote, f"a hook writes to {list_names(wrote)}: return new values from 'after'")
    shown = sampler(game)(trainer.replicas.replica(0), 20, stream(0, "look")).x
    require(shown.shape == (20, *game.shape), f"20 samples have the shape {tuple(shown.shape)}")
    require(bool(shown.isfinite().all()), "samples are not finite")
    wrote = find_changed(before, copy_state(trainer))
    require(not wrote, f"showing samples writes to {list_names(wrote)}")


def nothing_is_kept(make: Make) -> None:
    """A hook leaves the attributes of its strategy as they are."""
    trainer = make()
    watch(
        trainer.game,
        see_attributes,
        lambda hook, name: (
            f"{hook} sets self.{name}: make it a "
            "buffer in setup and return its new value from 'after'"
        ),
    )
    run(trainer, 2)


def other_player_is_left_alone(make: Make) -> None:
    """A player's move changes its own parameters and what 'after' returns, nothing else."""
    trainer, returned = make(), set[str]()
    chain: Any = trainer.game.chain
    after = chain.after

    def noted(*given: Any) -> Tensors:
        values: Tensors = after(*given)
        returned.update(values)
        return values

    chain.after = noted
    owned = {player: set(trainer.replicas.owned[player]) for player in PLAYERS}
    parameters = {name for name, _ in trainer.game.named_parameters()}
    require(not owned["D"] & owned["G"], "both players train a parameter")
    require(owned["D"] | owned["G"] == parameters, "nobody trains a parameter")
    for turn, player in enumerate(trainer.turns):
        returned.clear()
        before = {name: t.detach().clone() for name, t in trainer.replicas.tensors.items()}
        x, noise = trainer.draws(0, turn)
        trainer.moves[player](x, Moment(noise, torch.zeros(())))
        moved = find_changed(before, trainer.replicas.tensors)
        require(bool(moved), f"{player}'s move changes nothing")
        odd = moved - owned[player] - returned
        require(not odd, f"{player}'s move changes {list_names(odd)}")


def same_seed_same_bits(make: Make) -> None:
    """Two runs of a seed are equal: no hidden randomness."""
    one, two = make(seed=3), make(seed=3)
    run(one, 2)
    run(two, 2)
    differ = find_changed(copy_state(one), copy_state(two))
    require(not differ, "two runs of one seed differ: declare random numbers in 'noise'")


def replica_is_the_solo_run(make: Make, steps: int = 3) -> None:
    """Replica 1 of two is the run of its own seed."""
    both = make(seed=5, replicas=2, dtype=torch.float64)
    alone = make(seed=6, dtype=torch.float64)
    run(both, steps)
    run(alone, steps)
    away = largest_difference(both.replicas.replica(1), alone.replicas.replica(0))
    require(away < 1e-9, f"a replica is {away:.1g} away from the solo run of its seed")


def plain_autograd_is_torch_func(make: Make) -> None:
    """Both ways to differentiate give the same weights and the same optimiser state."""
    plain, pure = make(dtype=torch.float64), make(dtype=torch.float64, pure=True)
    run(plain, 3)
    run(pure, 3)
    state = {str(player): slots for player, slots in plain.replicas.state.items()}
    away = max(
        largest_difference(plain.replicas.replica(0), pure.replicas.replica(0)),
        largest_difference(flatten(state), flatten(state_by_parameter(pure))),
    )
    require(away < 1e-9, f"plain autograd and torch.func are {away:.1g} apart")


def checkpoint_continues(make: Make) -> None:
    """A run taken up from its checkpoint goes on bit for bit."""
    whole, again, file = make(), make(), io.BytesIO()
    run(whole, 2)
    torch.save(whole.checkpoint(), file)
    file.seek(0)
    again.restore(torch.load(file, weights_only=True))
    missed = find_changed(copy_state(whole), copy_state(again))
    require(not missed, "the checkpoint misses a tensor")
    run(whole, 2)
    run(again, 2)
    differ = find_changed(copy_state(whole), copy_state(again))
    require(
        not differ,
        f"after a checkpoint it goes on otherwise: {list_names(differ)}; state must be a buffer",
    )


def off_is_absent(make_off: Make, make_absent: Make) -> None:
    """With the settings of ``off`` a run is the one without the strategy."""
    off, absent = make_off(dtype=torch.float64), make_absent(dtype=torch.float64)
    run(off, 3)
    run(absent, 3)
    ours, theirs = off.replicas.replica(0), absent.replicas.replica(0)
    away = largest_difference({name: ours[name] for name in theirs}, theirs)
    require(away < 1e-12, f"switched off it is {away:.1g} away from a run without it")


def schedule_is_read(make: Make, make_scheduled: Make, setting: str) -> None:
    """A schedule that stays at a setting's number gives the run of that number."""
    plain, scheduled = make(dtype=torch.float64), make_scheduled(dtype=torch.float64)
    run(plain, 3)
    advice = f"read it by moment.now(self.{setting})"
    try:
        run(scheduled, 3)
    except TypeError as error:
        require(
            "Schedule" not in str(error),
            f"{setting} is used as a number where it is a schedule: {advice}",
        )
        raise
    away = largest_difference(plain.replicas.replica(0), scheduled.replicas.replica(0))
    require(
        away < 1e-6,
        f"with a schedule of {setting} that stays at its number a run is {away:.1g} away: {advice}",
    )


LAWS: dict[str, Callable[[Make], None]] = {
    "its losses are finite": losses_are_finite,
    "its hooks write nothing": nothing_is_written,
    "its hooks keep nothing": nothing_is_kept,
    "the other player's weights stay": other_player_is_left_alone,
    "the same seed gives the same bits": same_seed_same_bits,
    "a replica is the solo run": replica_is_the_solo_run,
    "plain autograd is torch.func": plain_autograd_is_torch_func,
    "a checkpoint goes on bit for bit": checkpoint_continues,
}


def laws_of(make: Make) -> dict[str, Callable[[], None]]:
    """The laws that need nothing but trainers with the strategy."""
    return {name: partial(law, make) for name, law in LAWS.items()}
