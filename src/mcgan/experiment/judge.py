"""`mcgan.judge`: samples of any generator, of ours too, held against real ones."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from mcgan.errors import UserError, short_traceback
from mcgan.experiment.run_samples import fakes_of, find_run, real_of
from mcgan.judging.classes import OWN, given_labels
from mcgan.judging.judgement import DRAWS, judge_features
from mcgan.judging.pairs import Pair, prepare
from mcgan.judging.report.judged import JudgedSamples
from mcgan.judging.sources import name_of, read_samples
from mcgan.view.terminal.stages import Tell, stages

NAMELESS = (".npy", ".csv", ".parquet")  # files of one array


@short_traceback()
def judge(
    fakes: Any,
    real: Any = None,
    *,
    heldout: Any = None,
    labels: Any = None,
    features: str = "auto",
    n: int | None = None,
    seed: int = 0,
    key: str | None = None,
    progress: bool = True,
) -> JudgedSamples:
    """Whether samples are collapsed, beside what two real samples of that size show.

    ``fakes`` and ``real``: arrays, tensors, data frames, data sets, batches, the path of a file or
    of a folder of pictures, a function n -> samples, or ``"module:function"``. They may also be a
    run: its folder, its name, or what `mcgan.load` returns. As ``real`` a run stands for its data,
    which are taken where a run is judged alone. ``heldout``: real samples that the generator has
    not seen. ``labels`` of the real side: one for each row, a file, a column, or ``"folders"``,
    those that come with it. ``features``: ``auto``, ``pixels``, ``channels``, ``efficientnet``,
    ``inception``, ``dinov2``, ``clip`` or ``module:function``. At most ``n`` rows of each side are
    taken, 10,000 unless given. ``key``: the name of an array in a file. The same ``seed`` gives the
    same verdict.

    Raises UserError for what cannot be read or compared.

    >>> import numpy as np
    >>> rows, mode = np.random.default_rng(0), np.array([[0, 0], [3, 0], [0, 3], [3, 3]])
    >>> def draw(n, modes):
    ...     return mode[rows.integers(modes, size=n)] + 0.2 * rows.normal(size=(n, 2))
    >>> found = mcgan.judge(draw(1000, modes=3), draw(2000, modes=4))
    >>> found.collapsed, round(found.missing.share, 2), found.missing.rows.shape
    (True, 0.24, (479,))
    >>> found.verdict
    '7 of 33 groups of the real data are missing: 24 % of the data, 22 to 26'
    """
    return judge_all(
        [fakes],
        real,
        heldout=heldout,
        labels=labels,
        features=features,
        n=n,
        seed=seed,
        key=key,
        progress=progress,
    )[0]


def judge_all(
    fakes: Sequence[Any],
    real: Any,
    *,
    heldout: Any,
    labels: Any,
    features: str,
    n: int | None,
    seed: int,
    key: str | None,
    progress: bool,
) -> list[JudgedSamples]:
    """Each of the generators against the same real samples, which are read once."""
    if real is None and find_run(fakes[0]) is None:
        raise UserError(
            f"{name_of(fakes[0])} is no run whose data are known: give the real "
            "samples after the fakes"
        )
    own = isinstance(labels, str) and labels == OWN
    with stages() if progress else nullcontext() as tell:
        given: dict[str, Any] = {"n": n, "seed": seed, "progress": tell}
        true = read_samples(
            real_of(fakes[0] if real is None else real, own, seed),
            labels=given_labels(labels),
            key=key_of(real, key, fakes),
            **given,
        )
        apart = (
            None
            if heldout is None
            else read_samples(
                real_of(heldout, own, seed), key=key_of(heldout, key, [real, *fakes]), **given
            )
        )
        return [
            judge_one(
                prepare(
                    fakes_of(each, own, seed),
                    true,
                    features,
                    labels,
                    heldout=apart,
                    key=key_of(each, key, [real]),
                    **given,
                ),
                seed,
                tell,
            )
            for each in fakes
        ]


def key_of(source: Any, key: str | None, others: Sequence[Any]) -> str | None:
    """The key, unless a file without names stands beside another source that the key is for."""
    nameless = [str(each).endswith(NAMELESS) for each in (source, *others)]
    return None if nameless[0] and not all(nameless) else key


def judge_one(pair: Pair, seed: int, tell: Tell | None) -> JudgedSamples:
    """The judgement of two sides that are read."""

    def progress(done: int, draws: int) -> None:
        if tell:
            tell(f"measuring {pair.fake_samples.name}", done, draws)

    progress(0, DRAWS)
    found = judge_features(
        pair.fakes,
        pair.real,
        heldout=pair.heldout,
        labels=pair.labels,
        seed=seed,
        progress=progress,
    )
    return JudgedSamples(found, pair, seed)
