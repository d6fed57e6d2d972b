"""Commands that are to be refused, or to do no harm: forks that are watched."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from forked import Ended, Fork
from mcgan.run.states import MISTAKE
from torture import small
from torture.watch import watch_fork

GOOD = (0, 3, 4)  # done, collapsed, diverged


def run(
    place: Path, words: Sequence[str], allowed: Path | None = None, patience: float = 60
) -> Ended:
    """`mcgan WORDS` in `place`. It may write in `allowed`, all of `place` where none is given."""
    seen = place / "seen"
    ended = Fork(place / "said", words, partial(prepare, seen, allowed or place)).end(patience)
    done = seen.read_text() if seen.exists() else ""
    seen.unlink(missing_ok=True)
    assert not done, f"{words!r}: {done}"
    assert "Traceback" not in ended.err + ended.out, f"{words!r}: {ended.err[-3000:]}"
    return ended


def prepare(seen: Path, allowed: Path) -> None:
    """Real pictures, which odd settings may spoil; and what the fork does is told."""
    small.draw_as_always()
    watch_fork(seen, allowed)


def refuse(place: Path, words: Sequence[str]) -> None:
    """Runs a command that has to be refused in one line, and to leave nothing."""
    before = listing(place)
    ended = run(place, words)
    check_line(words, ended)
    assert listing(place) == before, f"{words!r} left {set(listing(place)) - set(before)}"


def check_line(words: Sequence[str], ended: Ended) -> None:
    assert ended.code == MISTAKE, f"{words!r}: exit code {ended.code}\n{ended.err[-2000:]}"
    assert ended.err.count("\n") == 1 and ended.err.startswith("mcgan"), f"{words!r}: {ended.err}"


def listing(place: Path) -> list[str]:
    """Every file and folder below, but for what commands said."""
    return sorted(
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.relative_to(place).parts[0] != "said"
    )
