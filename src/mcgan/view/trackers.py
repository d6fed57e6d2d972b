"""A run's records handed to a tracker after the fact: trackio, Weights & Biases or MLflow."""

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from mcgan.errors import UserError
from mcgan.metrics.measures import measure
from mcgan.run.directory import RunDirectory
from mcgan.run.metrics_log import Row, clean, read

PACKAGES = {"trackio": "trackio", "wandb": "wandb", "mlflow": "mlflow-skinny"}  # to install
Numbers = dict[str, float]


class Records(NamedTuple):
    """What a tracker takes of a run."""

    name: str
    settings: dict[str, Any]  # dotted name -> value
    course: dict[int, Numbers]  # step -> tag -> number, steps ascending
    summary: Numbers  # the closing measures: mean over replicas
    pictures: list[Path]
    result: dict[str, Any]


def read_records(folder: Path) -> Records:
    """The records of a run. Raises UserError where the folder holds none, or no numbers."""
    run = RunDirectory(folder)
    settings = dict(flatten(run.config()))
    course: dict[int, Numbers] = {}
    for row in read(run.metrics):
        course.setdefault(row["step"], {}).update(numbers(row))
    if not course:
        raise UserError(f"{folder} has no numbers yet: train it first, as with `mcgan resume`")
    result = run.result() or {}
    summary = {
        measure(key).tag: each["mean"]
        for key, each in result.get("metrics", {}).items()
        if each["mean"] is not None
    }
    return Records(
        folder.name,
        settings,
        dict(sorted(course.items())),
        summary,
        sorted(run.figures.glob("*.png")),
        result,
    )


def numbers(row: Row) -> Iterator[tuple[str, float]]:
    """The means of a row by tag; of several replicas also each one's value."""
    for key, values in row.items():
        if key in ("kind", "step"):
            continue
        tag = measure(key).tag if row["kind"] == "eval" else key
        known = [value for value in clean(values) if value is not None]
        if known:
            yield tag, sum(known) / len(known)
        if len(values) > 1:
            yield from (
                (f"replica_{i}/{tag}", value)
                for i, value in enumerate(clean(values))
                if value is not None
            )


def flatten(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Settings by their dotted names, as the command line has them."""
    for key, value in node.items():
        if isinstance(value, Mapping) and value:
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def to_trackio(trackio: ModuleType, records: Records, project: str) -> None:
    """Hands a run to trackio: its settings, its numbers by step, its pictures at the last step."""
    trackio.init(
        project=project,
        name=records.name,
        config=records.settings,
        auto_log_gpu=False,
        auto_log_cpu=False,
    )  # of this machine now: not the run's
    for step, values in records.course.items():
        trackio.log(values, step=step)
    last = max(records.course)
    for picture in records.pictures:
        trackio.log({f"figures/{picture.stem}": trackio.Image(str(picture))}, step=last)
    trackio.finish()


def to_wandb(wandb: ModuleType, records: Records, project: str) -> None:
    """Goes to the account of `wandb login`, or with WANDB_MODE=offline into the folder wandb/."""
    quiet = wandb.Settings(x_disable_stats=True)  # of this machine now: not the run's
    run = wandb.init(project=project, name=records.name, config=records.settings, settings=quiet)
    for step, values in records.course.items():
        run.log(values, step=step)
    run.log({f"figures/{picture.stem}": wandb.Image(str(picture)) for picture in records.pictures})
    run.summary.update(records.summary)
    run.finish()


def to_mlflow(mlflow: ModuleType, records: Records, project: str) -> None:
    """Goes to the server that MLFLOW_TRACKING_URI names, or to MLflow's own default."""
    mlflow.set_experiment(project)
    with mlflow.start_run(run_name=records.name):
        mlflow.log_params({key: str(value)[:500] for key, value in records.settings.items()})
        for step, values in records.course.items():
            mlflow.log_metrics(values, step=step)
        for picture in records.pictures:
            mlflow.log_artifact(str(picture), "figures")
        mlflow.log_text(json.dumps(records.result, indent=2), "result.json")


TRACKERS: dict[str, Callable[[ModuleType, Records, str], None]] = {
    "trackio": to_trackio, "wandb": to_wandb, "mlflow": to_mlflow,
}  # fmt: skip


def export(folder: Path, tracker: str, project: str) -> None:
    """Hands the run's records to the tracker. Raises UserError where its package is missing."""
    records = read_records(folder)
    try:
        package = import_module(tracker)
    except ImportError as error:
        raise UserError(
            f"to={tracker} needs the package {tracker} ({error}): type "
            f"`pip install {PACKAGES[tracker]}`"
        ) from error
    TRACKERS[tracker](package, records, project)
