"""Real data that samples are judged against again and again: read and turned to features once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mcgan.errors import UserError
from mcgan.judging.classes import OWN, given_labels
from mcgan.judging.features import Features
from mcgan.judging.judgement import Judgement, judge_features
from mcgan.judging.pairs import prepare
from mcgan.judging.samples import Samples
from mcgan.judging.sources import read_samples

Sampler = Callable[[int], Any]


class RealSide:
    """Real data, at most two rows for each of ``n`` samples, or one beside ``heldout`` ones.

    ``features`` and ``labels`` as `prepare` takes them. Raises UserError where they cannot be read.
    """

    def __init__(
        self, real: Any, n: int, features: str, labels: Any, heldout: Any, seed: int
    ) -> None:
        given = given_labels(labels)
        rows = n if heldout is not None else 2 * n
        self.real = read_samples(real, n=rows, seed=seed, labels=given)
        self.heldout = None if heldout is None else read_samples(heldout, n=n, seed=seed)
        self.labels = labels if given is None else OWN
        self.features: str | Features = features  # the wish, then what the first look chose
        self.n, self.seed = n, seed

    def judge(self, sampler: Sampler, batch: int | None, first: bool) -> Judgement:
        """The judgement of n samples, drawn under the same random numbers each time.

        Samples that could be compared before and cannot now have diverged: they are NaN, or far out
        of their range. Raises UserError where the ``first`` samples of a loop cannot be compared.
        """
        try:
            return self._judge(self._draw(sampler, batch))
        except UserError as error:
            if first:
                raise
            return Judgement(
                "diverged",
                f"The samples cannot be judged: {error}",
                "",
                (),
                (),
                {},
                (),
                self.n,
                len(self.real),
            )

    def _judge(self, fakes: Samples) -> Judgement:
        pair = prepare(
            fakes, self.real, self.features, self.labels, seed=self.seed, heldout=self.heldout
        )
        found = judge_features(
            pair.fakes, pair.real, heldout=pair.heldout, labels=pair.labels, seed=self.seed
        )
        if self.real.kind != "table":  # whose features know the categories of the fakes, too
            self.features = pair.features
        return name_groups(found, pair.classes)

    def _draw(self, sampler: Sampler, batch: int | None) -> Samples:
        """As many samples as are asked for, with a name for messages."""
        fakes = read_samples(in_batches(sampler, batch), n=self.n, seed=self.seed)
        if len(fakes) < self.n:
            raise UserError(
                f"the sampler gave {len(fakes):,} samples where {self.n:,} were asked "
                "for: let it make as many as it is asked for, of new latents each"
            )
        return replace(fakes, name="the sampler")


def name_groups(found: Judgement, classes: tuple[str, ...]) -> Judgement:
    """The judgement with its groups called by the names of their classes, where there are any."""
    if not classes:
        return found
    return replace(
        found,
        groups=tuple(replace(each, name=classes[int(each.name)]) for each in found.groups),
        missing=tuple(replace(each, name=classes[int(each.name)]) for each in found.missing),
    )


def in_batches(sampler: Sampler, batch: int | None) -> Sampler:
    """The sampler, asked for at most ``batch`` samples at a time."""

    def ask(n: int) -> Any:
        if batch is None:
            return sampler(n)
        return [sampler(min(batch, n - start)) for start in range(0, n, batch)]

    ask.__name__ = "the sampler"  # in messages
    return ask
