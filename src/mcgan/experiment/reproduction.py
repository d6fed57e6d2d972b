"""A row of a paper trained again, and what came out beside what the paper reports."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mcgan.config import naming
from mcgan.config.paths import show_path
from mcgan.engine import compile_cost
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.experiment.components import build_components
from mcgan.experiment.composing import compose_one
from mcgan.experiment.result import record_python_call
from mcgan.experiment.start import run_folder, start
from mcgan.metrics.published import Published, read_published
from mcgan.run.directory import RunDirectory, log_of
from mcgan.run.states import Outcome, RunState
from mcgan.system.device import keep_settings, set_up
from mcgan.system.logs import run_log
from mcgan.view.terminal.screen import QUIET, Screen

ALWAYS = ("modes_covered", "modes_strict", "quality", "kl")  # measured beside every row
TIMED = 3  # steps of one network, of which the quickest counts


def reproduce(
    name: str, words: Sequence[str], quiet: bool = False
) -> tuple[Outcome, dict[str, Any]]:
    """Trains a row, or goes on with it, or reads a finished run of exactly this configuration.

    Returns how the run ended, and, unless it was interrupted, what `side_by_side` tells of it.
    ``words`` change settings. The run lies in <runs_dir>/paper/, under a name that follows from
    them, or where ``name=`` says. Raises UserError as `mcgan train` does, and for a row without
    figures; Refused where the folder holds another run.
    """
    asked = [f"experiment=paper/{name}", *words, *place(name, words)]
    config, choices = compose_one(*asked)
    known = published_of(name, config)
    out = Path(naming.run_folder(config["runs_dir"], config["name"]))
    screen, level = (
        (Screen(QUIET, QUIET), logging.CRITICAL) if quiet else (Screen(table=QUIET), logging.INFO)
    )
    with run_folder(out), keep_settings(), run_log(log_of(out, config), level):
        with record_python_call("reproduce", name, *words):
            outcome = start(config, choices, out, asked, sweeping=True, screen=screen)
    ended = outcome.state != RunState.INTERRUPTED
    return outcome, side_by_side(name, known, out, changes(words)) if ended else {}


def place(name: str, words: Sequence[str]) -> list[str]:
    """The word that names the run: the same for the same row and words, unless they name it."""
    if any(word.startswith("name=") for word in words):
        return []
    return [f"name=paper/{'_'.join([name, *([naming.slug(words)] if changes(words) else [])])}"]


def changes(words: Sequence[str]) -> list[str]:
    """The words that make another configuration of a row."""
    return [word for word in words if naming.words([word])]


def published_of(name: str, config: Mapping[str, Any]) -> Published:
    """What the paper reports. Raises UserError where a preset says nothing of that."""
    if not config["published"]:
        raise UserError(
            f"experiment=paper/{name} has no block `published`: give it one, with the "
            "paper and table as its source and the numbers as its measures"
        )
    return read_published(config["published"])


def side_by_side(
    name: str, known: Published, folder: Path, changed: Sequence[str]
) -> dict[str, Any]:
    """Plain values: what is published of a row and what the run in ``folder`` measured.

    ``measures`` has `published` (mean, spread) and `measured` (values, mean, interval, perfect) of
    each measure, None for what there is not; ``changed`` are settings that differ from the row's.
    Raises UserError for a run without a result.
    """
    run = RunDirectory(folder)
    result = run.result()
    if result is None:
        raise UserError(
            f"{show_path(folder)} has no result.json: train it anew, under another name"
        )
    about = asdict(known)
    keys = dict.fromkeys([*known.figures, *ALWAYS])
    return {
        "row": name,
        **{key: about[key] for key in ("source", "runs", "spread", "says")},
        "differs": known.differs,
        "changed": list(changed),
        "run": str(show_path(folder)),
        "state": run.status().get("state"),
        "seeds": result["seeds"],
        "step": result["step"],
        "protocol": result["protocol"]["name"],
        "samples": result["evaluation"]["samples"],
        "measures": {key: pair(known, result["metrics"], key) for key in keys},
    }


def pair(known: Published, metrics: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The published figure of a measure beside the measured one; None for one that is missing."""
    figure = known.figures.get(key)
    return {"published": figure and figure._asdict(), "measured": metrics.get(key)}


def outlook(name: str) -> dict[str, Any]:
    """Plain values: source and size of a row, and the seconds that it would take here, about.

    Where its data are missing, ``seconds`` is None, and ``why`` says so.
    """
    config, _ = compose_one(f"experiment=paper/{name}", "name=x")
    about = {
        "row": name,
        "source": published_of(name, config).source,
        "steps": config["train"]["steps"],
        "replicas": config["replicas"],
    }
    try:
        return about | {"seconds": forecast(config), "why": ""}
    except UserError as error:
        return about | {"seconds": None, "why": str(error)}


def forecast(config: Mapping[str, Any]) -> float:
    """Seconds of all steps on this machine's processor, without evaluations.

    Steps of one network are timed; what replicas and compiling change follows from the counts of
    `engine.compile_cost`.
    """
    with keep_settings():
        parts = build_components(config)
        set_up(config["train"], parts.threads)
        one = Trainer(parts.game, parts.dataset.draw, parts.optim, parts.seeds[:1])
        step = compile_cost.quickest(one.step, TIMED)
        work, machine = compile_cost.work_of(one), compile_cost.load_calibration()
        alone, together = (
            compile_cost.forecast(work, count, machine) for count in (1, len(parts.seeds))
        )
        if parts.compiles()[0]:
            return together.compiling + parts.steps * step * together.compiled / alone.eager
        return parts.steps * step * together.eager / alone.eager
