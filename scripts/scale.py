"""Measure how cost grows, and write the tables of docs/scale.md. Takes some minutes.

    python scripts/scale.py [--rounds 3]

Every row is measured in this process on one thread: a step as the trainer makes it (eager), the
median over rounds; an evaluation of 10,000 samples; the files that a run of the defaults leaves.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tables
import torch
from hydra.types import RunMode

from mcgan.cli.jobs import stamps
from mcgan.config.compose import compose, config_loader, register
from mcgan.experiment import fit
from mcgan.experiment.components import Components, build_components
from mcgan.metrics.evaluate import reference, score_samples

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scale.md"
SAMPLES = 10_000
MIXTURE = ["dataset=mixture", "dataset.apart=0.0"]


def parts(*words: str) -> Components:
    words = ("name=scale", "train.compile=false", "train.device=cpu", *words)
    return build_components(compose(*words).config)


def seconds(work: Callable[[], Any], rounds: int) -> float:
    """Median over rounds, after one that is not counted."""
    times = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:])


def step_ms(built: Components, rounds: int, steps: int = 64) -> float:
    """A step, draws included."""
    trainer = built.trainer(compiled=False)
    return 1e3 / steps * seconds(lambda: [trainer.step() for _ in range(steps)], rounds)


def look_ms(built: Components, rounds: int) -> tuple[float, float]:
    """Judging samples of the data, and the reference of a perfect sampler."""
    x = built.dataset.draw(SAMPLES, torch.Generator().manual_seed(0))
    judge = seconds(lambda: score_samples(x, built.dataset, built.protocol), rounds)
    perfect = seconds(lambda: reference(built.dataset, SAMPLES, built.protocol), rounds)
    return 1e3 * judge, 1e3 * perfect


def peak() -> float:
    """MiB of memory this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def data_row(modes: int, dim: int, rounds: int) -> list[str]:
    before = peak()
    built = parts(*MIXTURE, f"dataset.components={modes}", f"dataset.dim={dim}")
    step, (judge, perfect) = step_ms(built, rounds), look_ms(built, rounds)
    grown = f"{max(0.0, peak() - before):.0f}"
    return [f"{modes:,}", f"{dim:,}", f"{step:.2f}", f"{judge:.0f}", f"{perfect:.0f}", grown]


def data(rounds: int) -> str:
    head = ["modes", "dimensions", "ms a step", "ms to judge 10,000 samples",
            "ms for a perfect sampler's values", "more memory at peak, MiB"]  # fmt: skip
    pairs = [(10, 2), (100, 2), (1_000, 2), (10_000, 2), (100, 16), (100, 128), (100, 1024),
             (10_000, 128)]  # fmt: skip
    return tables.rows(head, [data_row(modes, dim, rounds) for modes, dim in pairs])


def batches(rounds: int) -> str:
    head = ["batch", "replicas", "ms a step", "ms a step and replica", "µs an example"]
    pairs = [(64, 1), (256, 1), (1024, 1), (4096, 1), (64, 4), (64, 16), (64, 64)]
    return tables.rows(head, [batch_row(batch, count, rounds) for batch, count in pairs])


def batch_row(batch: int, replicas: int, rounds: int) -> list[str]:
    ms = step_ms(parts(f"train.batch_size={batch}", f"replicas={replicas}"), rounds, steps=16)
    each = f"{ms / replicas:.2f}", f"{1e3 * ms / replicas / batch:.2f}"
    return [f"{batch:,}", str(replicas), f"{ms:.2f}", *each]


def files(rounds: int) -> str:
    """What runs of the defaults leave, by steps and replicas: files, kB, and the largest kinds."""
    head = ["steps", "replicas", "files", "kB", "metrics.jsonl", "events", "checkpoints",
            "pictures"]  # fmt: skip
    pairs = [(1_000, 1), (4_000, 1), (1_000, 8)]
    return tables.rows(head, [file_row(steps, count) for steps, count in pairs])


def file_row(steps: int, replicas: int) -> list[str]:
    words = [f"train.steps={steps}", f"replicas={replicas}", "eval.every=500", "train.threads=1"]
    built = parts(*words)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fit.fit(built.config, folder)
        found = [path for path in folder.rglob("*") if path.is_file()]
        kinds = ("metrics.jsonl", "events.*", "checkpoints/*", "figures/*")
        kilobytes = [kB([*folder.glob(kind)]) for kind in kinds]
        return [f"{steps:,}", str(replicas), str(len(found)), kB(found), *kilobytes]


def kB(found: list[Path]) -> str:
    return f"{sum(path.stat().st_size for path in found) / 1e3:.0f}"


def sweeps(rounds: int) -> str:
    head = [
        "jobs",
        "s of the processor to compose them all, before the first starts",
        "s to find all status files",
    ]
    return tables.rows(head, [sweep_row(jobs, rounds) for jobs in (10, 100, 1_000)])


def sweep_row(jobs: int, rounds: int) -> list[str]:
    words = ["train.steps=1000", "name=scale"]
    given = [[f"seed={seed}", *words] for seed in range(jobs)]
    register()
    with config_loader() as loader:
        whole = loader.load_configuration("config", words, run_mode=RunMode.MULTIRUN)
        begin = time.process_time()
        for job in given:
            loader.load_sweep_config(whole, job)
        compose_all = time.process_time() - begin
    with tempfile.TemporaryDirectory() as name:
        for job in range(jobs):
            (Path(name) / f"seed-{job}" / "checkpoints").mkdir(parents=True)
            (Path(name) / f"seed-{job}" / "status.json").write_text("{}")
        look = seconds(lambda: stamps(Path(name)), rounds)
    return [f"{jobs:,}", f"{compose_all:.1f}", f"{look:.3f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    for measured in (data, batches, files, sweeps):
        table = measured(rounds)
        print(table, flush=True)
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(tables.replaced(text, measured.__name__, table), encoding="utf-8")


if __name__ == "__main__":
    main()
