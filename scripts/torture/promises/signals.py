"""A signal saves the run and ends it as interrupted; a second one ends it at once.

SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 at any moment of a run, a quarter of them twice. The
exit code is 128 and the number of the signal; once the run has begun, its state is `interrupted` at
the step of its newest checkpoint. The same command then ends it, as one that nobody disturbed.
"""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState
from processes import ending, same
from torture import small

NUMBER, GOAL = "R5", 300
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2]
BEGUN = 0.3  # seconds of computing, after which there are steps
AT_ONCE = 60.0  # seconds, on a busy machine


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "runs" / "one"
    run, number, twice = RunDirectory(folder), draw.choice(SIGNALS), draw.random() < 0.25
    fork = small.start(folder)
    early = draw.choice([0.0, BEGUN, BEGUN, BEGUN, BEGUN])
    small.wait(fork, draw.uniform(early, small.LONGEST))
    begun = (folder / "status.json").exists()
    fork.send(number)
    if twice:
        time.sleep(draw.uniform(0, 0.01))
        fork.send(number)
    ended = fork.end(AT_ONCE)
    assert ended.code in (0, 128 + number, -number), ended
    if begun and not twice and ended.code:
        assert ended.code == 128 + number, ended
        assert run.status()["state"] == "interrupted"
        assert run.status()["step"] == run.load()[0]
    if ended.code and run.status().get("state") != RunState.DONE:  # by a second one, told too late
        assert small.train(folder).code == 0
    same(ending(run), small.whole())
    yield number
