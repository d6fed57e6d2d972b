"""Real data that samples are judged against again and again: read and turned to features once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mcgan.errors import UserError
from mcgan.judging.classes import OWN, given_labels
from mcgan.judging.features import Features
from mcgan.judging.judgement import Judgement, judge_features
from mcgan.judging.pairs import prepare
from mcgan.judging.report.judged import JudgedSamples
from mcgan.judging.samples import Samples
from mcgan.judging.sources import read_samples

Sampler = Callable[[int], Any]
SAMPLER = "the sampler"  # in messages


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

    def judge(self, sampler: Sampler, batch: int | None, first: bool) -> JudgedSamples:
        """The judgement of n samples, drawn under the same random numbers each time.

        Samples that could be compared before and cannot now have diverged: they are NaN, or far out
        of their range. Raises UserError where the ``first`` samples of a loop cannot be compared.
        """
        try:
            return self._judge(self._draw(sampler, batch))
        except UserError as error:
            if first:
                raise
            return self._lose(f"The samples cannot be judged: {error}")

    def _judge(self, fakes: Samples) -> JudgedSamples:
        pair = prepare(
            fakes, self.real, self.features, self.labels, seed=self.seed, heldout=self.heldout
        )
        found = judge_features(
            pair.fakes, pair.real, heldout=pair.heldout, labels=pair.labels, seed=self.seed
        )
        if self.real.kind != "table":  # whose features know the categories of the fakes, too
            self.features = pair.features
        return JudgedSamples(found, pair, self.seed)

    def _lose(self, verdict: str) -> JudgedSamples:
        """What is told of samples that have diverged: real data with no samples beside them."""
        pair = prepare(self.real, self.real, self.features, self.labels, seed=self.seed)
        none = replace(self.real, name=SAMPLER, rows=self.real.rows[:0], labels=None)
        lost = replace(pair, fakes=pair.fakes[:0], labels=None, notes=(), fake_samples=none)
        found = Judgement("diverged", verdict, "", (), (), {}, (), self.n, len(self.real))
        return JudgedSamples(found, lost, self.seed)

    def _draw(self, sampler: Sampler, batch: int | None) -> Samples:
        """As many samples as are asked for, with a name for messages."""
        fakes = read_samples(in_batches(sampler, batch), n=self.n, seed=self.seed)
        if len(fakes) < self.n:
            raise UserError(
                f"the sampler gave {len(fakes):,} samples where {self.n:,} were asked "
                "for: let it make as many as it is asked for, of new latents each"
            )
        return replace(fakes, name=SAMPLER)


def in_batches(sampler: Sampler, batch: int | None) -> Sampler:
    """The sampler, asked for at most ``batch`` samples at a time."""

    def ask(n: int) -> Any:
        if batch is None:
            return sampler(n)
        return [sampler(min(batch, n - start)) for start in range(0, n, batch)]

    ask.__name__ = SAMPLER
    return ask
