"""Run directories as training leaves them, without training."""

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mcgan.experiment.result import metric

PERFECT = {"modes_covered": 8.0, "modes_published": 8.0, "modes_strict": 8.0,
           "quality": 0.9889, "kl": 0.0004, "effective_modes": 7.99}  # fmt: skip
PROTOCOL = {"_target_": "mcgan.metrics.protocol.Protocol", "name": "default", "samples": 10_000,
            "norm": "l2", "threshold": None}  # fmt: skip
CONFIG: dict[str, Any] = {
    "optim": {"_target_": "mcgan.optim.Adam", "lr": 2e-4, "betas": [0.5, 0.999]},
    "arch": {"_target_": "mcgan.arch.mlp.MLP", "latent": 16, "width": 128},
    "dataset": {"_target_": "mcgan.dataset.ring.Ring", "modes": 8, "std": 0.01},
    "objective": {"_target_": "mcgan.objective.NonSaturating", "critic_steps": 1},
    "protocol": PROTOCOL,
    "reg": {},
    "seed": 0, "replicas": 1, "name": "small", "runs_dir": "runs", "resume": True,
    "train": {"steps": 1000, "batch_size": 64, "device": "auto", "compile": False, "threads": 1,
              "checkpoint_every": 1000, "log_every": 50, "stop_on": "none"},
    "eval": {"every": 500, "samples": 10_000},
}  # fmt: skip
MINIBATCH = {"_target_": "mcgan.reg.minibatch.Minibatch", "kernels": 16, "dims": 4}
REPLAY = {"_target_": "mcgan.reg.replay.Replay", "size": 2048, "probability": 0.5}
PENALTY = {"_target_": "mcgan.reg.gradient_penalty.GradientPenalty", "weight": 10.0}
WASSERSTEIN = {"_target_": "mcgan.objective.Wasserstein", "critic_steps": 5}

Strict = Sequence[float | None]
CHOICES = {"optim": "adam", "arch": "mlp", "dataset": "ring", "objective": "non_saturating",
           "protocol": "default"}  # fmt: skip


def settings(**changes: Any) -> dict[str, Any]:
    """The config with `train__steps=5` and the like."""
    config = copy.deepcopy(CONFIG)
    for key, value in changes.items():
        *path, last = key.split("__")
        node = config
        for name in path:
            node = node[name]
        node[last] = value
    return config


def chosen(config: Mapping[str, Any]) -> dict[str, Any]:
    """The options that such a config is composed from; wgan_gp brings its penalty by itself."""
    penalised = config["objective"] == WASSERSTEIN
    reg = [name for name in config["reg"] or {} if not (penalised and name == "gradient_penalty")]
    dataset = config["dataset"]["_target_"].rpartition(".")[2].lower()
    objective = "wgan_gp" if penalised else "non_saturating"
    return CHOICES | {"dataset": dataset, "objective": objective, "reg": reg}


def result(strict: Strict, seed: int, config: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The content of result.json; every score follows from the strict modes."""
    scores = {
        "modes_covered": strict, "modes_published": strict, "modes_strict": strict,
        "quality": [None if s is None else 0.9 + s / 100 for s in strict],
        "kl": [None if s is None else (8 - s) / 4 + 0.001 for s in strict],
        "effective_modes": [None if s is None else float(s) for s in strict],
    }  # fmt: skip
    measured = {key: metric(key, each, {"perfect": PERFECT}) for key, each in scores.items()}
    return {"format": 1, "step": config["train"]["steps"], "metrics": measured,
            "protocol": config["protocol"], "evaluation": {"samples": config["eval"]["samples"]},
            "dataset": {}, "seeds": [seed + i for i in range(len(strict))],
            "command": "mcgan train", "versions": {"cpu": "A", "gpu": None, "threads": 1},
            "state": "done", **more}  # fmt: skip


def history(strict: Strict, full_at: int | None, steps: int) -> list[dict[str, Any]]:
    """Evaluations each 500 steps; all modes from `full_at` on. A step takes 2 ms a replica."""
    rows: list[dict[str, Any]] = []
    for step in range(500, steps + 1, 500):
        full = full_at is not None and step >= full_at
        now = [None if s is None else 8.0 if full else min(s, 7.0) for s in strict]
        rows.append(
            {
                "kind": "train",
                "step": step,
                "loss/D": [0.5] * len(strict),
                "time/step_ms": [2.0 * len(strict)],
            }
        )
        rows.append({"kind": "eval", "step": step, "modes_strict": now})
    return rows


def write_run(
    folder: Path, strict: Strict, seed: int = 0, *, state: str = "done", full_at: int | None = None,
    ended: str = "2026-01-01T00:00:00+00:00", status: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None, **changes: Any,
) -> Path:  # fmt: skip
    """A finished run with these strict modes, one per replica; `changes` are settings."""
    config = settings(seed=seed, replicas=len(strict), **changes)
    folder.mkdir(parents=True)
    steps = config["train"]["steps"]
    told = {"state": state, "step": steps, "steps": steps, "ended": ended, "error": None,
            "config": config, "choices": chosen(config), **(status or {})}  # fmt: skip
    rows = history(strict, full_at, steps)
    (folder / "status.json").write_text(json.dumps(told))
    (folder / "result.json").write_text(json.dumps(result(strict, seed, config, **(more or {}))))
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder
