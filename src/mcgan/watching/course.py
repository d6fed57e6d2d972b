"""What judgements of one training run say together: since when it is collapsed, and why."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mcgan.errors import UserError
from mcgan.judging.judgement import Judgement
from mcgan.verdict import causes
from mcgan.verdict.causes import Cause, Sign
from mcgan.verdict.critic import standing
from mcgan.verdict.history import SignalHistory
from mcgan.verdict.rules import PATIENCE, Row, rotating

NO_FAKES = torch.zeros(1, 1, 1)  # nobody asks a critic about old fakes here

# What scores alone can show; `verdict.causes` asks the critic for more in runs of ours.
SIGNS: dict[str, Sign] = {"ahead": (causes.ahead, ("critic_fakes",))}
ALONE: Sign = (lambda row: True, ("critic_fakes",))


class Look(NamedTuple):
    """One evaluation of a watched loop, as `mcgan.Watch` keeps it in its history.

    ``scalars`` are those of the judgement, and what was given of losses and scores.
    """

    step: int
    kind: str  # of the judgement, or "diverged"
    verdict: str  # one sentence
    collapsed: bool
    scalars: dict[str, float]


class Course:
    """The looks at a run so far, and the signals that its likely cause is read from."""

    def __init__(self) -> None:
        self.looks: list[Look] = []
        self.signals = SignalHistory()
        self.due = torch.zeros(0)  # (K,) the shares of the real data's groups

    def add(self, step: int, judgement: Judgement, given: Mapping[str, float]) -> Look:
        """Takes a judgement, and the numbers of `read_given`."""
        broken = [name for name, value in given.items() if not math.isfinite(value)]
        kind, verdict = judgement.kind, judgement.verdict
        if broken:
            kind, verdict = "diverged", f"{', '.join(broken)}: no finite number; {verdict}"
        look = Look(step, kind, verdict, judgement.collapsed, judgement.scalars() | {**given})
        self.looks.append(look)
        if judgement.groups:
            self._signal(step, judgement, given)
        return look

    def _signal(self, step: int, judgement: Judgement, given: Mapping[str, float]) -> None:
        """A row of signals; a new history where the groups are others than before."""
        due = numbers([group.share for group in judgement.groups])
        shares = numbers([group.fake_share for group in judgement.groups])[None]
        if not torch.equal(due, self.due):
            self.signals, self.due = SignalHistory(), due
        known = {name: numbers([given[name]]) for name in ALONE[1] if name in given}
        self.signals.add(step, shares, due, NO_FAKES, known)

    def collapsed_at(self, patience: int, grace: int) -> int | None:
        """The first step of the looks at the end that show collapse, if there are enough of them.

        Looks at steps up to ``grace`` are too early to count. As in `verdict.rules`, fewer looks in
        a row than ``patience`` are no collapse yet.
        """
        shown: list[Look] = []
        for look in reversed(self.looks):
            if not look.collapsed or look.step <= grace:
                break
            shown.append(look)
        return shown[-1].step if len(shown) >= patience else None

    def find_cause(self, since: int | None) -> Cause | None:
        """The likely cause of a divergence, or of a collapse ``since`` a step; None: nothing tells.

        It is read from the last looks that show the collapse.
        """
        if self.looks and self.looks[-1].kind == "diverged":
            return Cause("overflow", {})
        rows = [] if since is None else [r for r in self.signals.of(0) if r["step"] >= since]
        if not rows:
            return None
        if rotating(rows):
            return Cause("forgetting", causes.pick(rows[-1], ("fresh",)))
        return read_scores(rows[-PATIENCE:]) if "critic_fakes" in rows[-1] else None

    def state_dict(self) -> dict[str, Any]:
        """Numbers, words and tensors alone, for `torch.save`."""
        return {
            "looks": [look._asdict() for look in self.looks],
            "due": self.due,
            "signals": self.signals.checkpoint(),
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Takes up what `state_dict` gave. Raises UserError for anything else."""
        if missing := {"looks", "due", "signals"} - saved.keys():
            raise UserError(
                f"this is no state of a Watch, {', '.join(sorted(missing))} is missing: give what "
                "its state_dict() returned"
            )
        self.looks = [Look(**look) for look in saved["looks"]]
        self.due = saved["due"]
        self.signals.restore(saved["signals"])


def read_scores(rows: Sequence[Row]) -> Cause:
    """The cause that scores of D show, on average over the rows."""
    return causes.first(SIGNS, causes.mean_signals(rows), "alone", ALONE)


def numbers(values: Sequence[float]) -> Tensor:
    """Numbers as a tensor in double precision."""
    return torch.tensor(values, dtype=torch.float64)


def read_given(
    losses: Mapping[str, Any] | None, scores: tuple[Any, Any] | None
) -> dict[str, float]:
    """Losses by player as `loss_D`, …; of D's scores of real data and fakes what they show.

    critic_fakes  chance that a real example scores above a fake: 1 separated, ½ blind
    """
    found = {
        f"loss_{name}": as_scores(loss, f"the loss of {name}").mean().item()
        for name, loss in (losses or {}).items()
    }
    if scores is None:
        return found
    if not isinstance(scores, (tuple, list)) or len(scores) != 2:
        raise UserError("scores must be a pair: D's scores of real data, and of fakes")
    real, fake = (as_scores(each, "a side of scores") for each in scores)
    known = {"score_real": real.mean().item(), "score_fake": fake.mean().item()}
    finite = bool(real.isfinite().all() and fake.isfinite().all())
    return found | known | {"critic_fakes": standing(real, fake).item() if finite else torch.nan}


def as_scores(values: Any, what: str) -> Tensor:
    """Scores of any shape as float64 (n,) on the CPU. Raises UserError for what is no number."""
    try:
        return torch.as_tensor(values).detach().cpu().double().flatten()
    except (TypeError, ValueError, RuntimeError):
        raise UserError(f"{what} must be a number or an array, not {values!r:.60}") from None
