"""What a run says of itself in a console and in a notebook."""

from collections.abc import Mapping
from typing import Any

from mcgan.config.paths import show_path
from mcgan.metrics.measures import measure
from mcgan.run.directory import RunDirectory

KEYS = ("modes_covered", "modes_strict", "quality", "kl")  # the scores a line has room for

Lines = list[tuple[str, str]]  # what, and what it is


def describe(run: RunDirectory) -> Lines:
    """Its folder and state, what was trained, and, once it has ended, its scores and verdict."""
    status, result = run.status(), run.result()
    step = f"at step {status.get('step', 0):,} of {status.get('steps', 0):,}"
    lines = [
        ("run", f"{show_path(run.folder)}, {status.get('state', 'state unknown')} {step}"),
        ("trained", describe_training(run.config())),
        *paper(run.config()),
    ]
    if result is None:
        return lines
    verdict = result.get("verdict", {}).get("text")  # runs of old have none
    return [
        *lines,
        ("scores", scores(result["metrics"])),
        *([("verdict", verdict)] if verdict else []),
    ]


def paper(config: Mapping[str, Any]) -> Lines:
    """The source of the published figures that the configuration is of, if any."""
    known = config.get("published")  # runs of old have none
    return [("paper", known["source"])] if known else []


def describe_training(config: Mapping[str, Any]) -> str:
    """`Ring, NonSaturating, reg r1 + ema, 2 replicas from seed 0`"""
    names = [config[group]["_target_"].rpartition(".")[2] for group in ("dataset", "objective")]
    reg, count = " + ".join(config["reg"]) or "none", config["replicas"]
    replicas = f"{count} replica{'s' if count > 1 else ''} from seed {config['seed']}"
    first = config.get("start_from")  # runs of old have no such setting
    begin = [f"started from {first}"] if first else []
    return ", ".join([*names, f"reg {reg}", replicas, *begin])


def scores(metrics: Mapping[str, Any]) -> str:
    """The scores that one line has room for, by their labels; means over replicas."""
    return ", ".join(
        f"{measure(key).label} {measure(key).show(metrics[key]['mean'])}"
        for key in KEYS
        if key in metrics
    )
