"""Rounds of tries, each with a seed of its own, within a time; totals; what failed is kept."""

import json
import shutil
import time
import traceback
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from torture.promise import Promise


@dataclass
class Total:
    """What has been tried of one promise."""

    rounds: int = 0  # the seed of the next one
    tried: int = 0
    held: int = 0
    seconds: float = 0.0


class Campaign:
    """Tries promises, adds to the totals in `file`, and keeps in `folder` what failed."""

    def __init__(self, folder: Path, file: Path) -> None:
        self.folder, self.file = folder.resolve(), file.resolve()
        self.totals = read_totals(self.file)

    def run(self, promises: Sequence[Promise], seconds: float) -> bool:
        """Shares the time out and prints a line for each promise. Returns whether all held.

        A promise that reaches its goal leaves its time to those after it.
        """
        end, all_held = time.monotonic() + seconds, True
        for left, promise in zip(range(len(promises), 0, -1), promises, strict=True):
            now = time.monotonic()
            found = self.pursue(promise, until=now + (end - now) / left)
            all_held &= found.tried == found.held
            print(line(promise, found), flush=True)
        return all_held

    def pursue(self, promise: Promise, until: float) -> Total:
        """Rounds until the time is over or the goal is reached, one try at least; their total.

        Where earlier campaigns have reached the goal, it is set anew.
        """
        total = self.totals.setdefault(promise.number, Total())
        before, goal = replace(total), promise.goal * (1 + total.tried // promise.goal)
        while total.tried == before.tried or (total.tried < goal and time.monotonic() < until):
            self.round(promise, total, until, goal)
            self.write()  # a campaign may be stopped at any moment
        return Total(
            total.rounds - before.rounds,
            total.tried - before.tried,
            total.held - before.held,
            total.seconds - before.seconds,
        )

    def round(self, promise: Promise, total: Total, until: float, goal: int) -> None:
        """The round of the next seed. Its folder goes if all its tries held."""
        seed, begin = total.rounds, time.monotonic()
        total.rounds += 1
        failure = self.folder / f"{promise.name}-{seed}" / "failure.txt"
        shutil.rmtree(failure.parent, ignore_errors=True)
        failure.parent.mkdir(parents=True)
        with chdir(failure.parent):
            try:
                for _ in promise.tries(Random(f"{promise.name} {seed}"), failure.parent):
                    total.tried, total.held = total.tried + 1, total.held + 1
                    if total.tried >= goal or time.monotonic() > until:
                        break
            except Exception:
                total.tried += 1
                failure.write_text(
                    f"make torture ONLY={promise.name} SEED={seed}\n\n{traceback.format_exc()}"
                )
        if not failure.exists():
            shutil.rmtree(failure.parent)
        total.seconds += time.monotonic() - begin

    def write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        content = {number: asdict(total) for number, total in sorted(self.totals.items())}
        self.file.write_text(json.dumps(content, indent=1) + "\n")


def read_totals(file: Path) -> dict[str, Total]:
    if not file.exists():
        return {}
    return {number: Total(**each) for number, each in json.loads(file.read_text()).items()}


def line(promise: Promise, found: Total) -> str:
    broken = found.tried - found.held
    return (
        f"{promise.number:<3} {promise.name:<13} {found.tried:>7,} tried {found.held:>7,} held"
        f"{found.seconds:>7.0f} s" + (f"  {broken} BROKEN" if broken else "")
    )
