"""An event file of TensorBoard, written line by line.

torch's SummaryWriter hands events to a thread: a killed run then lacks its last seconds, and a full
disk is a traceback of that thread. Written in place both are as for every other file, and faster.
"""

import io
import os
import time
from pathlib import Path
from typing import Any, BinaryIO

from mcgan.system.atomic import disk_errors
from mcgan.view.tensorboard.records import write_record

PREFIX = "events.out.tfevents"


class EventFile:
    """A new file in `folder`; TensorBoard reads those of a run in the order of their names.

    With `first_step` it starts by purging what earlier files hold of that step and later ones.
    """

    def __init__(self, folder: Path, first_step: int | None = None) -> None:
        self.path = folder / f"{PREFIX}.{time.time_ns()}"
        with disk_errors(self.path):
            self.file = open(self.path, "xb")
        begin(self.file, first_step)

    def add(self, summary: Any, step: int) -> None:
        """One event with all values of a `Summary`. Raises UserError where the disk refuses."""
        with disk_errors(self.path):
            write(self.file, step, summary=summary)
            self.file.flush()

    def sync(self) -> None:
        """Makes what was written last through a power cut. Raises UserError."""
        with disk_errors(self.path):
            os.fsync(self.file.fileno())

    def close(self) -> None:
        """Closes the file. Raises UserError if the disk is full."""
        with disk_errors(self.path):
            self.file.close()


def encode(*summaries: Any) -> bytes:
    """A whole file that holds these summaries, at step 0; it is to be the first that is read.

    Its start of a session is what makes TensorBoard take the next one for a restart, and purge.
    """
    data = io.BytesIO()
    begin(data, 0)
    for summary in summaries:
        write(data, 0, summary=summary)
    return data.getvalue()


def begin(file: BinaryIO, first_step: int | None = None) -> None:
    """Writes the head of an event file.

    With ``first_step``, TensorBoard forgets what older files say of that step and later ones.
    """
    from tensorboard.compat.proto.event_pb2 import SessionLog

    write(file, 0, file_version="brain.Event:2")
    if first_step is not None:
        write(file, first_step, session_log=SessionLog(status=SessionLog.START))


def write(file: BinaryIO, step: int, **content: Any) -> None:
    """Writes one event with the time of now."""
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event(wall_time=time.time(), step=step, **content)
    write_record(file, event.SerializeToString())
