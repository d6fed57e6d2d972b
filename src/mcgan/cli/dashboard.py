"""`mcgan dashboard`: TensorBoard over a folder of runs."""

import io
import os
import signal
import time
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path

from mcgan.cli.run_verbs import Parser
from mcgan.errors import UserError
from mcgan.run.find import folder_of
from mcgan.view.tensorboard.events import PREFIX

# A browser gets every kept point of every run: so many of a run's tag, at random but for the last.
SAMPLES = {"scalars": 500, "images": 10, "text": 100}
GUIDE = "start with Custom Scalars (empty? reload the page); Ctrl-C stops"


def main(words: Sequence[str]) -> int:
    """`mcgan dashboard [DIR] [--port N] [--host H]`: serves until it is interrupted."""
    args = parser().parse_args(words)
    if args.port is not None and not 0 <= args.port < 2**16:
        raise UserError(f"--port must be from 0 (any that is free) to 65535, not {args.port}")
    address = serve(check_events(folder_of(args.folder)), args.host, args.port)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background jobs ignore it
    print(f"{address}#custom_scalars  {GUIDE}", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return 0


def parser() -> Parser:
    """The arguments of `mcgan dashboard`: a folder and the address."""
    made = Parser("mcgan dashboard", description="Show runs and sweeps in TensorBoard.")
    made.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        default="runs",
        help="of runs or of a sweep, its name under runs/, or `last`: the newest run "
        "(default: runs)",
    )
    made.add_argument(
        "--port",
        metavar="N",
        type=int,
        help="of the address (default: the first free one from 6006 on)",
    )
    made.add_argument(
        "--host",
        metavar="H",
        default="localhost",
        help="of the address; 0.0.0.0: all who reach this machine may look (default: localhost)",
    )
    return made


def check_events(folder: Path) -> Path:
    """The folder, if there is anything to see. Raises UserError where there is not."""
    names = (name for _, _, names in os.walk(folder, followlinks=True) for name in names)
    if not any(name.startswith(PREFIX) for name in names):
        raise UserError(
            f"{folder} holds no events of TensorBoard: train something first, "
            "such as `mcgan train`, or give another folder"
        )
    return folder


def serve(folder: Path, host: str, port: int | None) -> str:
    """Starts TensorBoard in a thread; its address. Raises UserError where it cannot be had.

    `auto` takes TensorBoard's data server where there is one (Linux, macOS): it had 1,000 runs in
    a second and 0.3 GB, where Python needs 20 and 0.8 GB.
    """
    from tensorboard import program

    board = program.TensorBoard()
    board.configure(logdir=str(folder), host=host, port=port, load_fast="auto",
                    samples_per_plugin=SAMPLES)  # fmt: skip
    said = io.StringIO()  # a notice about the data server, or, with SystemExit, what went wrong
    try:
        with redirect_stderr(said):
            return str(board.launch())
    except program.TensorBoardPortInUseError:
        raise UserError(
            f"port {port} is in use: stop what runs there, or choose another, "
            "such as --port 0 for any that is free"
        ) from None
    except (program.TensorBoardServerException, OSError, SystemExit) as error:
        why = (said.getvalue().strip() or str(error)).splitlines()[-1]
        raise UserError(f"cannot serve at --host {host}: {why}; the default is localhost") from None
