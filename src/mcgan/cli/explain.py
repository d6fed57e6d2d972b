"""`mcgan explain`: pictures of the mechanisms, really computed; a topic is found by its file."""

import ast
import importlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from mcgan.cli.options import wrap
from mcgan.cli.run_verbs import Parser
from mcgan.errors import UserError, near_or_all
from mcgan.system.atomic import write_bytes

HERE = Path(__file__).parents[1] / "explain"
ALL = "all"
EVERY = 0.1  # seconds between two lines of progress
CLEAR = "\r\x1b[K"  # of the terminal's line


def main(words: Sequence[str]) -> int:
    """`mcgan explain [TOPIC | all] --out DIR --seed S`: writes DIR/TOPIC.png or .gif."""
    args = parser().parse_args(words)
    if args.topic is None:
        print(listing())
        return 0
    if args.seed < 0:
        raise UserError(f"--seed must be at least 0, not {args.seed}")
    names = choose(args.topic)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"--out {args.out}: {error.strerror}; name a folder") from error
    for name in names:
        explain(name, args.out, args.seed)
    return 0


def parser() -> Parser:
    """The arguments of `mcgan explain`: a topic, the folder of pictures, the seed."""
    parser = Parser(
        "mcgan explain",
        description="Draw the mechanisms of mode collapse and of "
        "its cures, with mcgan's own parts; without a topic: list them.",
    )
    parser.add_argument(
        "topic", metavar="TOPIC", nargs="?", help=f"{', '.join(topics())}, or {ALL}"
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path(),
        help="the folder of the pictures (default: here)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of weights and draws (default: 0)")
    return parser


def topics() -> dict[str, str]:
    """Name -> what it shows, the first line of its module, which is read and not imported."""
    return {file.stem: first_line(file) for file in sorted(HERE.glob("[!_]*.py"))}


def first_line(file: Path) -> str:
    """What a topic shows: the first line of its module, which is not imported."""
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def listing() -> str:
    """The topics and what each shows, wrapped to the terminal's width."""
    width = max(map(len, topics()))
    lines = [
        line
        for name, what in topics().items()
        for line in wrap(f"{name:<{width}}  {what}", 2, width + 4)
    ]
    return "\n".join(["topics", *lines, "", f"mcgan explain TOPIC draws one, `{ALL}` all of them."])


def choose(topic: str) -> list[str]:
    """The topics to draw: the one named, or all of them. Raises UserError for an unknown one."""
    if topic == ALL:
        return [*topics()]
    if topic not in topics():
        raise UserError(f"no topic {topic!r}{near_or_all(topic, [*topics(), ALL])}")
    return [topic]


def topic(name: str) -> ModuleType:
    """The module that draws a topic."""
    return importlib.import_module(f"mcgan.explain.{name}")


def explain(name: str, out: Path, seed: int) -> None:
    """Draws one topic into the folder ``out``, and prints the file and the seconds it took.

    It runs on one thread, so that every machine computes the same bits.
    """
    import torch

    torch.set_num_threads(1)  # the nets are small; and the same bits on every machine
    from mcgan.explain._progress import watch

    begin = time.perf_counter()
    with watch(teller(name)):
        picture = topic(name).draw(seed)
    file = write_bytes(out / f"{name}.{picture.suffix}", picture.data)
    if sys.stderr.isatty():
        print(CLEAR, end="", file=sys.stderr, flush=True)
    print(f"{file}  ({time.perf_counter() - begin:.0f} s)", flush=True)


def teller(name: str) -> Callable[[str], None]:
    """Writes how far the topic is: on a terminal over the last line, at most ten times a second;
    elsewhere once, so that a log shows what is being drawn."""
    print(f"drawing {name}", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)
    if not sys.stderr.isatty():
        return lambda text: None
    last = 0.0

    def tell(text: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= EVERY:
            last = now
            print(f"{CLEAR}drawing {name}: {text}", end="", file=sys.stderr, flush=True)

    return tell
