"""Time a step of every strategy and objective of the catalogue against a step without, in turns.

    python scripts/catalogue_times.py        # after scripts/catalogue.py; can be stopped

The same compiled replicas as there, on the ring, one after another and each in a process of its
own, beside the base in that process: the time of the CPU, so that it matters little what else the
machine does. What docs/catalogue.json has a ratio of is not timed again (--anew: it is).
"""

import argparse
import json
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import catalogue
import pool

from mcgan.config.compose import compose
from mcgan.engine.trainer import Trainer

ROUNDS, SECONDS = 5, 0.4


def trainer(job: catalogue.Job) -> Trainer:
    from mcgan.experiment.components import build_components
    from mcgan.system.device import set_up

    chosen = {"dataset": job.dataset, **catalogue.BASE, job.group: job.option}
    words = ["experiment=catalogue", "name=times", *(f"{k}={v}" for k, v in chosen.items())]
    config = compose(*words).config
    set_up(config["train"])
    return build_components(config).trainer(compiled=True)


def ratio(job: catalogue.Job) -> list[float]:
    """Median over rounds, lowest, highest of a step's time over that of the base."""
    base = trainer(catalogue.Job("reg", catalogue.BASE["reg"], job.dataset))
    pair = [base, trainer(job)]
    for each in pair:
        each.step()  # compiles
    seen = sorted(seconds(pair[1]) / seconds(pair[0]) for _ in range(ROUNDS))
    return [statistics.median(seen), seen[0], seen[-1]]


def seconds(trainer: Trainer) -> float:
    """CPU time of a step."""
    begin, steps = time.process_time(), 0
    while time.process_time() - begin < SECONDS:
        trainer.step()
        steps += 1
    return (time.process_time() - begin) / steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--anew", action="store_true")
    args = parser.parse_args()
    file = catalogue.DOCS / "catalogue.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    pool.import_slow_parts()
    for job in catalogue.jobs([]):
        each = found.get(job.name, {})
        if job.dataset != catalogue.DATASETS[0] or "metrics" not in each:
            continue
        if args.anew or "ratio" not in each:
            with ProcessPoolExecutor(1, mp_context=pool.FORK) as alone:
                each["ratio"] = alone.submit(ratio, job).result()
            print(f"{job.name}: {each['ratio'][0]:.2f} x", flush=True)
            file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    catalogue.write_tables(found)


if __name__ == "__main__":
    main()
