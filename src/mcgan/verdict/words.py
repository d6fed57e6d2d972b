"""Verdicts in words: a line for the log and status.json, a page for TensorBoard."""

from collections.abc import Sequence
from typing import NamedTuple

from mcgan.verdict.causes import Cause, load_causes
from mcgan.verdict.rules import KINDS, State

COUNTED = ("sharpening", "off", "dropping", "rotating", "collapsed")
LABELS = {
    "between": "{:.0%} between groups",
    "blur": "typical ones {:.1f} times as far from the middle of their mode as data",
    "critic_fakes": "data score above fakes with chance {:.2f}",
    "critic_old": "above old fakes with chance {:.2f}",
    "elsewhere": "{:.0%} farther out than the data",
    "fresh": "{:.0%} of samples in groups that had none one evaluation before",
    "on_data": "{:.0%} of samples lie on the data",
    "reach": "G's loss by {:.2g}",
    "slope_fake": "across the data D's score changes by {:.2g} at fakes",
    "slope_real": "across the data D's score changes by {:.2g}",
    "spread": "distances between samples {:.2f} of the data's",
}


class Verdict(NamedTuple):
    """What has become of one replica."""

    seed: int
    state: State
    held: int  # groups with at least a fifth of their due
    total: int
    cause: Cause | None
    groups: str = "modes"  # what is counted: those the dataset knows, or "groups" found in data
    served: int = 0  # groups with a fifth of their due of the good samples

    @property
    def text(self) -> str:
        """A verdict in words: `collapsed since step 4,000, samples nearest to 3 of 8 modes`.

        The table counts modes by their good samples alone: the words say that these are all, and
        where modes are dropped by the good ones, how many have these.
        """
        since = f"{KINDS[self.state.kind]} since step {self.state.step:,}"
        if self.state.kind in COUNTED:
            near = f"{since}, samples nearest to {self.held:,} of {self.total:,} {self.groups}"
            strays = self.state.kind == "dropping" and self.served < self.held
            return f"{near}, good ones to {self.served:,}" if strays else near
        return since if self.cause else KINDS[self.state.kind]


def count_states(verdicts: Sequence[Verdict]) -> str:
    """`6 healthy, 2 collapsed`, or the words of the only replica."""
    if len(verdicts) == 1:
        return verdicts[0].text
    kinds = [verdict.state.kind for verdict in verdicts]
    return ", ".join(f"{kinds.count(kind)} {KINDS[kind]}" for kind in KINDS if kind in kinds)


def common(verdicts: Sequence[Verdict]) -> str | None:
    """The cause that most replicas in need of one have; the first met of equals."""
    keys = [verdict.cause.key for verdict in verdicts if verdict.cause]
    return max(keys, key=keys.count) if keys else None


def signs(verdict: Verdict) -> str:
    """The signals that show the cause: `data score above fakes with chance 0.98, …`"""
    shown = verdict.cause.shown if verdict.cause else {}
    return ", ".join(LABELS[key].format(value) for key, value in shown.items())


def tell_cause(verdicts: Sequence[Verdict]) -> str | None:
    """The most frequent cause and the signs of its first replica: `forgetting: …`"""
    key = common(verdicts)
    if key is None:
        return None
    shown = signs(next(v for v in verdicts if v.cause and v.cause.key == key))
    return ": ".join(filter(None, (load_causes()[key]["name"], shown)))


def headline(verdicts: Sequence[Verdict], advice: Sequence[str]) -> str:
    """One line for all replicas: states, the most frequent cause with its signs, what to try."""
    cause = tell_cause(verdicts)
    if cause is None:
        return count_states(verdicts)
    tries = f"; try {' or '.join(advice)}" if advice else ""
    return f"{count_states(verdicts)}; most likely cause: {cause}{tries}"


def page(step: int, verdicts: Sequence[Verdict], advice: Sequence[str]) -> str:
    """Markdown: the headline, then a row per replica."""
    head = f"**Step {step:,}**: {headline(verdicts, advice)}\n\n"
    table = ["| seed | verdict | most likely cause | shown by |", "| --- | --- | --- | --- |"]
    table += [
        f"| {v.seed} | {v.text} | {load_causes()[v.cause.key]['name'] if v.cause else ''} | "
        f"{signs(v)} |"
        for v in verdicts
    ]
    key = common(verdicts)
    meaning = f"\n\n*{load_causes()[key]['name']}*: {load_causes()[key]['means']}." if key else ""
    return head + "\n".join(table) + meaning
