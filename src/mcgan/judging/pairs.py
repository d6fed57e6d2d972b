"""Two sources prepared for the measures: read, checked, brought to one form, turned to features."""

from dataclasses import dataclass
from typing import Any

from mcgan.judging.checks import count_shared, say_shared, without_constants
from mcgan.judging.features import choose_features
from mcgan.judging.matching import match, match_held_out
from mcgan.judging.real_labels import given_labels, settle_labels
from mcgan.judging.samples import Array, Progress, Samples
from mcgan.judging.sources import is_call, read_samples


@dataclass(frozen=True, eq=False)
class Pair:
    """Features of both sides, with the samples that they are of, row by row."""

    fakes: Array  # (n, d) float32
    real: Array  # (m, d) float32
    heldout: Array | None  # (h, d) float32, of real samples that the generator has not seen
    labels: Array | None  # (m,) class names of the real side
    reason: str  # which features, and why
    notes: tuple[str, ...]  # sentences for the user
    fake_samples: Samples
    real_samples: Samples
    same: bool = False  # the fakes are the real samples themselves


def prepare(fakes: Any, real: Any, features: str = "auto", labels: Any = None, n: int | None = None,
            seed: int = 0, progress: Progress | None = None, key: str | None = None,
            heldout: Any = None) -> Pair:
    """Features of two sources as the measures take them, with all that has to be said.

    Sources, ``key``, ``n`` and ``seed`` as in `read_samples`, ``features`` as in `choose_features`.
    ``labels`` of the real side: ``folders`` (those that come with it), a column of a table, a path,
    or one for each row. A function is asked for as many fakes as there are real samples. Raises
    UserError for sources that cannot be read or compared.
    """
    given = given_labels(labels)
    true = read_samples(real, key=key, n=n, seed=seed, progress=progress, labels=given)
    count = n or (len(true) if is_call(fakes) else None)
    false = read_samples(fakes, key=key, n=count, seed=seed, progress=progress)
    if given is None:
        false, true = settle_labels(false, true, labels)
    false, true, notes = match(false, true)
    chosen = choose_features(false, true, features, progress).fit(true)
    kept = None if heldout is None else match_held_out(
        read_samples(heldout, key=key, n=n, seed=seed, progress=progress), true, notes)
    arrays = [chosen.apply(side) for side in (false, true, *([kept] if kept else []))]
    arrays, dropped = without_constants(arrays, true)
    shared = count_shared(false, true)
    said = [*(f"{side.name}: {note}" for side in (false, true) for note in side.notes), *notes,
            *chosen.notes, *dropped, *say_shared(shared, false)]
    return Pair(arrays[0], arrays[1], arrays[2] if kept else None, true.labels, chosen.reason,
                tuple(said), false, true, shared == len(false))
