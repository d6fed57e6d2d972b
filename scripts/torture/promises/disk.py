"""A disk that fills up or refuses leaves the checkpoints of before, and costs one line.

In some tries files may not grow beyond a random size from the start of a run on; most then fail at
once. In others a call of write, fsync or rename fails at a random moment, with one of the system's
errors. The command exits with 2 and one line, or ends well where nothing needed the room. The
newest checkpoint is good, and no temporary file is left. The same command, with room again, ends
the run as one that nobody disturbed.
"""

import errno
import os
import resource
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from mcgan.run.directory import RunDirectory
from processes import ending, same
from torture import small
from torture.hurt import Hurt

NUMBER, GOAL = "R9", 200
ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
CALLS = {"fsync": 60, "rename": 25, "half of a file": 12, "half a row": 12}


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "runs" / "one"
    if draw.random() < 0.5:
        prepare = partial(limit, draw.choice([10, 1000, 20_000, 60_000, 120_000]))
    else:
        moment = draw.choice([*CALLS])
        prepare = Hurt(
            moment, draw.randint(1, CALLS[moment]), False, partial(fail, draw.choice(ERRORS))
        )
    ended = small.train(folder, prepare=prepare)
    assert ended.code in (0, 2), ended
    assert "Traceback" not in ended.err + ended.out, ended
    assert ended.code == 0 or sum(line.startswith("mcgan") for line in ended.err.splitlines()) == 1
    small.newest_good(folder)
    assert not [*folder.rglob("*.tmp")]
    if ended.code:
        again = small.train(folder)
        assert again.code == 0, again
    same(ending(RunDirectory(folder)), small.whole())
    yield ended.code


def limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def fail(number: int) -> None:
    raise OSError(number, os.strerror(number), "file")
