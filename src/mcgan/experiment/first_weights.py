"""The weights that players start with where ``start_from`` names a run: those of its checkpoint."""

import logging
from collections.abc import Mapping
from typing import Any

import torch

from mcgan.config.paths import show_path
from mcgan.errors import UserError
from mcgan.gan.game import Game
from mcgan.run.directory import RunDirectory
from mcgan.run.existing import difference, read_settings
from mcgan.run.find import run_of
from mcgan.types import PLAYERS, Tensors

log = logging.getLogger(__name__)

PREFIXES = tuple(f"{player}." for player in PLAYERS)
HEAD = ".head.weight"  # (1, F): strategies may add columns behind those of the features


def read_first_weights(config: Mapping[str, Any]) -> list[Tensors]:
    """The tensors of both players by name, for each replica of the run ``start_from``.

    They are of its newest good checkpoint. Nothing where ``start_from`` is null. Raises UserError:
    no such run, no checkpoint, other nets, fewer replicas than ``config`` asks for.
    """
    if config.get("start_from") is None:
        return []
    run = find_run(config["start_from"])
    if changed := difference(read_settings(run).get("arch"), config["arch"], "arch"):
        raise UserError(
            f"start_from: the nets of {show_path(run.folder)} are others ({changed}): "
            "give this run the same"
        )
    step, state = load_checkpoint(run)
    found = split_replicas(state["trainer"])
    if len(found) < config["replicas"]:
        raise UserError(
            f"start_from: {show_path(run.folder)} has {len(found)} replicas, fewer "
            f"than {config['replicas']}: choose replicas={len(found)}"
        )
    log.info(
        "replica by replica, the players start with the weights of %s at step %s",
        show_path(run.folder),
        f"{step:,}",
    )
    return [{name: t for name, t in each.items() if name.startswith(PREFIXES)} for each in found]


def find_run(word: str) -> RunDirectory:
    """The run that ``start_from`` names. Raises UserError if there is none."""
    try:
        return RunDirectory(run_of(word))
    except UserError as error:
        raise UserError(f"start_from: {error}") from error


def load_checkpoint(run: RunDirectory) -> tuple[int, dict[str, Any]]:
    """Step and state of the run's newest valid checkpoint. Raises UserError without one."""
    try:
        return run.load()
    except UserError as error:
        raise UserError(
            f"start_from: {show_path(run.folder)} has no checkpoint that can be used: "
            "choose another run"
        ) from error


def split_replicas(trainer: Mapping[str, Any]) -> list[Tensors]:
    """The tensors of each replica by name, from a trainer's checkpoint of one network or many."""
    if not trainer["alive"].dim():
        return [trainer["tensors"]]
    return [
        {name: t[i] for name, t in trainer["tensors"].items()} for i in range(len(trainer["alive"]))
    ]


@torch.no_grad()
def copy_first_weights(game: Game, saved: Tensors) -> None:
    """Copies one replica's weights into a game, before its strategies make themselves ready.

    What only this game has, such as a strategy's own layers, stays as it was drawn. Raises
    UserError where a saved tensor has no place of its shape.
    """
    places = game.tensors()
    for name, tensor in saved.items():
        place = find_place(places, name, tensor)
        if place is None or place.shape != tensor.shape:
            has = "no such tensor" if place is None else f"{tuple(place.shape)} there"
            raise UserError(
                f"start_from: {name} is {tuple(tensor.shape)} in that run, and this "
                f"one has {has}: leave out what changes the nets, or use it in both"
            )
        place.copy_(tensor)


def find_place(places: Tensors, name: str, tensor: torch.Tensor) -> torch.Tensor | None:
    """The tensor that takes up a saved one; of a wider head the columns of the features."""
    place = places.get(name)
    wider = name.endswith(HEAD) and place is not None and place.shape[1] > tensor.shape[1]
    return place[:, : tensor.shape[1]] if wider and place is not None else place
