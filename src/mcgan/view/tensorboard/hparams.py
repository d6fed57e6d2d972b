"""The HParams tab: one row per run, however often it was resumed.

Only the two session records are written, and no experiment record: that one would fix the table's
columns to the first run's settings. They live in an event file of their own which is replaced as a
whole, because TensorBoard keeps the first record it finds: a resumed run would stay `failed`.
All settings are written: TensorBoard puts the columns in which runs differ before all others.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mcgan.config.build import find_attribute
from mcgan.config.choices import option
from mcgan.config.settings import Setting, members_of, read_settings
from mcgan.schedule import write_schedule
from mcgan.system import atomic
from mcgan.view.tensorboard.events import PREFIX, encode

Value = bool | float | str
FILE = f"{PREFIX}.0.hparams"  # sorts before the run's own events
GROUPS = ("objective", "dataset", "arch", "optim", "protocol")
ORDER = ("seed", "replicas", "train", "optim", "objective", "reg", "dataset", "arch", "eval")


def write_session(folder: Path, settings: Mapping[str, Value], status: str = "") -> None:
    """Writes the row's settings and, once known, its end: STATUS_SUCCESS or STATUS_FAILURE."""
    atomic.write_bytes(folder / FILE, encode(*records(settings, status)))


def records(settings: Mapping[str, Value], status: str) -> Iterator[Any]:
    """The records of a run's row: its settings, and its status once it is known."""
    from google.protobuf.struct_pb2 import Value as Number
    from tensorboard.plugins.hparams import metadata
    from tensorboard.plugins.hparams.api_pb2 import Status
    from tensorboard.plugins.hparams.plugin_data_pb2 import SessionEndInfo, SessionStartInfo

    kinds = {bool: "bool_value", float: "number_value", str: "string_value"}
    hparams = {key: Number(**{kinds[type(v)]: v}) for key, v in settings.items()}
    start = SessionStartInfo(hparams=hparams)
    yield record(metadata.SESSION_START_INFO_TAG, session_start_info=start)
    if status:
        end = SessionEndInfo(status=Status.Value(status))
        yield record(metadata.SESSION_END_INFO_TAG, session_end_info=end)


def record(tag: str, **content: Any) -> Any:
    """A record of the HParams tab under its tag."""
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    data = HParamsPluginData(version=0, **content).SerializeToString()
    plugin = SummaryMetadata.PluginData(plugin_name="hparams", content=data)
    return Summary(value=[Summary.Value(tag=tag, metadata=SummaryMetadata(plugin_data=plugin))])


def settings_of(config: Mapping[str, Any], choices: Mapping[str, Any]) -> dict[str, Value]:
    """The typed settings of a resolved config: what was chosen, then how it was set."""
    chosen: dict[str, Value] = {group: option(group, config, choices) for group in GROUPS}
    chosen["reg"] = "+".join(config.get("reg") or {}) or "none"
    for group in ORDER:
        chosen |= dict(flatten(group, config.get(group)))
    return chosen


def flatten(key: str, node: Any, setting: Setting | None = None) -> Iterator[tuple[str, Value]]:
    """Dotted names, and values of the type that the column has in every run, where that can be.

    A schedule is one text in the column of the number that it stands for: runs differ in it.
    """
    if not isinstance(node, Mapping) or "from" in node:
        yield key, show(node, setting)
        return
    declared = read_settings(find_attribute(node["_target_"], key)) if "_target_" in node else {}
    for name, inner in node.items():
        if not str(name).startswith("_"):
            yield from flatten(f"{key}.{name}", inner, declared.get(name))


def show(value: Any, setting: Setting | None) -> Value:
    """A number where fractions are allowed, else a text: the table gives numbers five digits, so
    that 8 would be 8.0000. Lists become one text, and so does null."""
    if isinstance(value, Mapping):
        return write_schedule(value)
    if isinstance(value, (list, tuple)):
        return "+".join(map(str, value)) or "none"
    if type(value) is int:
        fractions = setting and (setting.scheduled or float in members_of(setting.kind))
        return float(value) if fractions else str(value)
    return value if isinstance(value, (bool, float, str)) else "none"
