"""A real TensorBoard, asked over HTTP as its page does."""

import json
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STATUSES = ["STATUS_SUCCESS", "STATUS_RUNNING", "STATUS_UNKNOWN", "STATUS_FAILURE"]


@contextmanager
def server(line: list[str], folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A command that serves, run in `folder`, and the line it says. Its end is Ctrl-C."""
    with subprocess.Popen(line, cwd=folder, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as child:  # fmt: skip
        try:
            yield child, child.stdout.readline()
        finally:
            child.send_signal(signal.SIGINT)
            stopped(child)


def stopped(child: subprocess.Popen[str], seconds: float = 30) -> None:
    """Waits for its end; one that does not end is killed, so that no test hangs."""
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()


def ask(url: str, path: str, **body: Any) -> Any:
    data = json.dumps(body).encode() if body else None
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url + path, data=data, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def rows(url: str) -> list[dict[str, Any]]:
    """The HParams table's."""
    asked = {"experimentName": "", "allowedStatuses": STATUSES, "colParams": [], "startIndex": 0,
             "sliceSize": 100}  # fmt: skip
    return ask(url, "/data/plugin/hparams/session_groups", **asked)["sessionGroups"]


def fetched(url: str, image: dict[str, Any]) -> bytes:
    """The file of an entry in the list of images."""
    place = f"{url}/data/plugin/images/individualImage?{image['query']}"
    with urllib.request.urlopen(place) as answer:
        return answer.read()


def until(ready: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "TensorBoard has not read everything"
        time.sleep(0.1)
