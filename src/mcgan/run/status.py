"""What may stand in status.json: other words and numbers there are damage."""

from pathlib import Path
from typing import Any

from mcgan.errors import UserError
from mcgan.run.states import RunState

NONE = type(None)
KINDS: dict[str, tuple[type, ...]] = {
    "state": (str,), "step": (int,), "steps": (int,), "started": (str,), "ended": (str, NONE),
    "pid": (int,), "error": (str, NONE), "mistake": (bool,), "signal": (int, NONE),
    "score": (int, float, NONE), "origin": (str,), "config": (dict,), "choices": (dict,),
    "compiled": (bool,), "compiled_why": (str,), "threads": (int,), "verdict": (dict,),
    "data": (dict,),
}  # fmt: skip


def check_status(status: dict[str, Any], folder: Path, advice: str) -> dict[str, Any]:
    """The status as it is. Raises UserError where a value cannot be what a run wrote."""
    known = [key for key in KINDS if key in status]
    wrong = [key for key in known if type(status[key]) not in KINDS[key]]
    if "state" in status and status["state"] not in [*RunState]:
        wrong.append("state")
    if "data" not in wrong and not is_mark(status.get("data", {})):
        wrong.append("data")
    if wrong:
        raise UserError(
            f"{folder / 'status.json'} cannot be read ({wrong[0]} is "
            f"{status[wrong[0]]!r:.40}); {advice}"
        )
    return status


def is_mark(data: dict[str, Any]) -> bool:
    """Whether this can be a dataset's fingerprint: {part: [number of examples, sha256]}."""
    return all(
        isinstance(part, list) and [*map(type, part)] == [int, str] for part in data.values()
    )
