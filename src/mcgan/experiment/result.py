"""result.json: what a run measured, and everything needed to measure it again."""

import platform
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from mcgan.experiment.components import Components
from mcgan.metrics.measures import measure
from mcgan.metrics.remarks import remarks
from mcgan.run.metrics_log import Values, clean
from mcgan.version import __version__

Scores = Mapping[str, float | None]
FORMAT = 1

asked: ContextVar[tuple[str, ...] | None] = ContextVar("asked", default=None)  # by Python


def result(
    values: Mapping[str, Values],
    reference: Mapping[str, Scores],
    *,
    step: int,
    seeds: Sequence[int],
    protocol: Mapping[str, Any],
    evaluation: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None,
    command: str = "",
) -> dict[str, Any]:
    """The content of result.json.

    `values`: scores per replica, by the names of `metrics.evaluate`; `reference`: what a perfect
    sampler and real data score; `protocol`, `evaluation`: how it was measured; `facts`: what the
    dataset wants recorded (`ModalDataset.facts`); `command`: what was typed.
    """
    return {
        "format": FORMAT,
        "step": step,
        "metrics": {key: metric(key, each, reference) for key, each in values.items()},
        "remarks": remarks(
            {key: clean(each) for key, each in values.items()},
            reference.get("perfect", {}),
            evaluation["samples"],
        ),
        "protocol": dict(protocol),
        "evaluation": dict(evaluation),
        "dataset": dict(facts or {}),
        "seeds": list(seeds),
        "command": command,
        "versions": versions(),
    }


def report(parts: Components, values: Any, rows: Any, step: int) -> dict[str, Any]:
    """The content of result.json for a run that has reached ``step``."""
    content = result(
        values,
        rows,
        step=step,
        seeds=parts.seeds,
        protocol=dict(parts.config["protocol"]),
        evaluation=describe_evaluation(parts.config["eval"]),
        facts=parts.dataset.facts(),
        command=command(),
    )
    return content | {"notes": parts.notes}  # such as that samplers use what they know of real data


def describe_evaluation(settings: Mapping[str, Any]) -> dict[str, Any]:
    """How many samples were measured, and the features that were looked at, if any."""
    features = settings.get("features")
    return {"samples": settings["samples"]} | ({"features": features} if features else {})


@contextmanager
def record_python_call(*words: str) -> Iterator[None]:
    """Results of this block say the command that would have done what Python asked for."""
    token = asked.set(words)
    try:
        yield
    finally:
        asked.reset(token)


def command() -> str:
    """What was typed, or what typed would do the same."""
    return shlex.join(["mcgan", *(asked.get() or read_typed_words())])


def read_typed_words() -> list[str]:
    """The words after ``mcgan``; while Hydra runs, it is given them without the verb."""
    words = sys.argv[1:]
    return words if words[:1] in (["train"], ["resume"], ["evaluate"]) else ["train", *words]


def metric(key: str, values: Values, reference: Mapping[str, Scores]) -> dict[str, Any]:
    """Per replica, mean with its 95 % interval, floor or ceiling, real data."""
    spread = measure(key).interval(values)
    return {
        "values": clean(values),
        "mean": spread.mean,
        "interval": None if spread.lower is None else [spread.lower, spread.upper],
        "perfect": reference.get("perfect", {}).get(key),
        "real": reference.get("real", {}).get(key),
    }


def versions() -> dict[str, Any]:
    """What the bits of a result depend on besides its configuration."""
    import numpy as np
    import torch

    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "python": platform.python_version(),
        "mcgan": __version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "cpu": cpu(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "gpu": gpu,
    }


def cpu() -> str:
    """The processor's name, as well as the system tells it."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text().splitlines() if table.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
