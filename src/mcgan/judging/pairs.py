"""Two sources prepared for the measures: read, checked, brought to one form, turned to features."""

from dataclasses import dataclass, replace
from typing import Any

from mcgan.judging.checks import say_same, without_constants
from mcgan.judging.classes import code_classes, given_labels, settle_labels
from mcgan.judging.features import Features, choose_features
from mcgan.judging.matching import match, match_held_out
from mcgan.judging.samples import Array, Progress, Samples
from mcgan.judging.sources import is_call, read_samples


@dataclass(frozen=True, eq=False)
class Pair:
    """Features of both sides, with the samples that they are of, row by row."""

    fakes: Array  # (n, d) float32
    real: Array  # (m, d) float32
    heldout: Array | None  # (h, d) float32, of real samples that the generator has not seen
    labels: tuple[Array, Array] | None  # int64 (n,) and (m,), as `judge_features` takes them
    classes: tuple[str, ...]  # the name of each label
    features: Features  # fitted on the real side
    notes: tuple[str, ...]  # sentences for the user
    fake_samples: Samples
    real_samples: Samples

    @property
    def reason(self) -> str:
        """The line that says which features were compared, and why."""
        return self.features.reason


def prepare(
    fakes: Any,
    real: Any,
    features: str | Features = "auto",
    labels: Any = None,
    n: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    key: str | None = None,
    heldout: Any = None,
) -> Pair:
    """Features of two sources as the measures take them, with all that has to be said.

    Sources, ``key``, ``n`` and ``seed`` as in `read_samples`, ``features`` as in `choose_features`.
    Features of an earlier pair with the same real side may be given; they are not computed again.
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
    else:
        false = replace(false, labels=None)  # its folders are of something else
    false, true, notes = match(false, true)
    sides = [false, true]
    if heldout is not None:
        apart = read_samples(heldout, key=key, n=n, seed=seed, progress=progress)
        sides.append(match_held_out(apart, true, notes))
    chosen = (
        features
        if isinstance(features, Features)
        else choose_features(false, true, features, progress).fit(true)
    )
    arrays, dropped = without_constants([chosen.apply(side) for side in sides], true)
    classes = None if labels is None else code_classes((false, arrays[0]), (true, arrays[1]))
    said = [
        *(f"{side.name}: {note}" for side in sides for note in side.notes),
        *notes,
        *chosen.notes,
        *dropped,
        *(classes.notes if classes else []),
        *say_same(false, true),
    ]
    return Pair(
        arrays[0],
        arrays[1],
        arrays[2] if len(arrays) > 2 else None,
        (classes.fakes, classes.real) if classes else None,
        tuple(classes.names) if classes else (),
        chosen,
        tuple(said),
        false,
        true,
    )
