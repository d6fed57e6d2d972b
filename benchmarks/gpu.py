"""What a GPU is to tell of mcgan, in at most eight minutes: one JSON, written as it goes.

    python benchmarks/gpu.py [--device cuda] [--seconds 420] [--part steps lanes ...] [--out FILE]

Each part runs in a process of its own, for its share of the time and what earlier parts have left.
One that fails, hangs or breaks the device is recorded with its error, and the rest goes on.
`--device cpu --seconds 5` runs all of it on tiny nets, to see that it runs.
"""

import argparse
import json
import multiprocessing
import os
import platform
import time
import traceback
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
import torch._dynamo  # takes seconds, and every part comes to it
from gpu_parts import PARTS
from gpu_plan import Plan, Row

LATE = 60.0  # seconds that a part may take beyond its own, such as to compile
Found = dict[str, Any]


def main() -> None:
    args = arguments()
    forking = multiprocessing.get_context("fork")  # torch is imported once; no CUDA before this
    found: Found = {"machine": machine(), "device": args.device, "seconds": args.seconds}
    found["parts"] = {name: {"rows": [], "error": None, "seconds": 0.0} for name in args.part}
    end = time.monotonic() + args.seconds
    for name in args.part:
        given = share_of(name, args.part, end - time.monotonic())
        run_part(forking, Plan(args.device, given), name, found, args.out)
        print(say(name, found["parts"][name]), flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--seconds", type=float, default=420.0, help="of all parts together")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--out", type=Path, default=Path("gpu.json"))
    return parser.parse_args()


def machine() -> dict[str, str]:
    """What is known without touching the GPU; the part `device` has the rest."""
    versions = {"torch": torch.__version__, "cuda": str(torch.version.cuda)}
    return versions | {"python": platform.python_version(), "cores": str(os.cpu_count())}


def share_of(name: str, chosen: list[str], left: float) -> float:
    """The seconds of a part, of those that are left to it and the parts after it."""
    rest = chosen[chosen.index(name) :]
    return max(left, 0.0) * PARTS[name].share / sum(PARTS[each].share for each in rest)


def run_part(forking: Any, plan: Plan, name: str, found: Found, out: Path) -> None:
    """Runs a part in a process and writes the JSON anew with each of its rows."""
    part, begin = found["parts"][name], time.monotonic()
    mine, its = forking.Pipe(duplex=False)
    process = forking.Process(target=tell, args=(plan, name, its))
    process.start()
    its.close()
    part["error"] = listen(mine, plan.seconds + LATE, lambda row: keep(row, part, found, out))
    process.kill()
    process.join()
    part["seconds"] = time.monotonic() - begin
    write(found, out)


def tell(plan: Plan, name: str, to: Connection) -> None:
    """In the process of a part: sends its rows until the time is up, and its error if it fails."""
    try:
        end = time.monotonic() + plan.seconds
        for row in PARTS[name].run(plan):
            to.send(row)
            if time.monotonic() > end:
                break
        to.send("")
    except BaseException as error:  # whatever CUDA, the compiler or a part has to say
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        to.send(f"{type(error).__name__} at {where}: {str(error)[:500]}")


def listen(mine: Connection, seconds: float, take: Any) -> str | None:
    """Takes rows until the part says that it is done; why it did not come to its end, if so."""
    end = time.monotonic() + seconds
    try:
        while mine.poll(max(end - time.monotonic(), 0)):
            row = mine.recv()
            if isinstance(row, str):
                return row or None
            take(row)
    except EOFError:
        return "the process ended without a word"
    return f"it was stopped after {seconds:.0f} s"


def keep(row: Row, part: Found, found: Found, out: Path) -> None:
    part["rows"].append(row)
    write(found, out)


def write(found: Mapping[str, Any], out: Path) -> None:
    """The JSON as it is so far, whole at every moment."""
    temporary = out.with_name(f".{out.name}.tmp")
    temporary.write_text(json.dumps(found, indent=1) + "\n")
    temporary.replace(out)


def say(name: str, part: Found) -> str:
    end = f": {part['error']}" if part["error"] else ""
    return f"{name:10}{len(part['rows']):4} rows in {part['seconds']:5.1f} s{end}"


if __name__ == "__main__":
    main()
