"""The HParams tab: one row per run, however often it was resumed.

Only the two session records are written, and no experiment record: that one would fix the table's
columns to the first run's settings. They live in an event file of their own which is replaced as a
whole, because TensorBoard keeps the first record it finds: a resumed run would stay `failed`.
All settings are written: TensorBoard puts the columns in which runs differ before all others.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mcgan.config.choices import option
from mcgan.system import atomic
from mcgan.view.tensorboard.events import PREFIX, encode

Value = bool | int | float | str
FILE = f"{PREFIX}.0.hparams"  # sorts before the run's own events
GROUPS = ("objective", "dataset", "arch", "optim", "protocol")
ORDER = ("seed", "replicas", "train", "optim", "objective", "reg", "dataset", "arch", "eval")


def write_session(folder: Path, settings: Mapping[str, Value], status: str = "") -> None:
    """Writes the row's settings and, once known, its end: STATUS_SUCCESS or STATUS_FAILURE."""
    atomic.write_bytes(folder / FILE, encode(*records(settings, status)))


def records(settings: Mapping[str, Value], status: str) -> Iterator[Any]:
    from google.protobuf.struct_pb2 import Value as Number
    from tensorboard.plugins.hparams import metadata
    from tensorboard.plugins.hparams.api_pb2 import Status
    from tensorboard.plugins.hparams.plugin_data_pb2 import SessionEndInfo, SessionStartInfo

    kinds = {bool: "bool_value", float: "number_value", str: "string_value"}
    shown = {key: show_whole(value) for key, value in settings.items()}
    hparams = {key: Number(**{kinds[type(v)]: v}) for key, v in shown.items()}
    start = SessionStartInfo(hparams=hparams)
    yield record(metadata.SESSION_START_INFO_TAG, session_start_info=start)
    if status:
        end = SessionEndInfo(status=Status.Value(status))
        yield record(metadata.SESSION_END_INFO_TAG, session_end_info=end)


def show_whole(value: Value) -> Value:
    """Whole numbers as texts: the table gives every number five digits, 8.0000 and 1.0000e+5."""
    return str(value) if type(value) is int else value


def record(tag: str, **content: Any) -> Any:
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


def flatten(key: str, node: Any) -> Iterator[tuple[str, Value]]:
    """Dotted names, typed values. Lists become one text, and so does None: columns have types."""
    if isinstance(node, Mapping):
        for name, inner in node.items():
            if not str(name).startswith("_"):
                yield from flatten(f"{key}.{name}", inner)
    elif isinstance(node, (list, tuple)):
        yield key, "+".join(map(str, node)) or "none"
    else:
        yield key, node if isinstance(node, (bool, int, float, str)) else "none"
