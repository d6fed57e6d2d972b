"""What an attacker would have a file or a configuration call: functions and their arguments."""

import importlib
from typing import Any

HUGE = 10**9
SHELL = "touch reached"

GADGETS: dict[str, tuple[str, tuple[Any, ...]]] = {
    name: (name, words) for name, *words in [
        ("os.system", SHELL), ("os.popen", SHELL), ("os.execvp", "touch", ("touch", "reached")),
        ("os.spawnlp", 0, "touch", "touch", "reached"), ("os.posix_spawnp", "touch", (), {}),
        ("os.mkdir", "reached"), ("os.symlink", "/etc/passwd", "reached"),
        ("os.rename", "checkpoints", "reached"), ("os.remove", "checkpoints/step-00000001.pt"),
        ("os.open", "reached", 577), ("os.putenv", "REACHED", "1"), ("os.kill", 0, 0),
        ("subprocess.Popen", ("touch", "reached")), ("subprocess.run", ("touch", "reached")),
        ("subprocess.check_output", ("touch", "reached")), ("subprocess.getoutput", SHELL),
        ("builtins.eval", "open('reached', 'w')"), ("builtins.exec", "open('reached', 'w')"),
        ("builtins.compile", "1", "x", "eval"), ("builtins.open", "reached", "w"),
        ("builtins.getattr", "x", "join"), ("builtins.__import__", "antigravity"),
        ("builtins.setattr", "x", "y", 1), ("builtins.input", "?"), ("builtins.print", "reached"),
        ("builtins.bytearray", HUGE), ("builtins.bytes", HUGE), ("builtins.range", HUGE),
        ("builtins.list", "x" * 1000), ("pathlib.Path", "reached"), ("io.open", "reached", "w"),
        ("io.FileIO", "reached", "w"), ("shutil.copy", "/etc/passwd", "reached"),
        ("shutil.rmtree", "checkpoints"), ("tempfile.mkdtemp", "", "reached", "."),
        ("importlib.import_module", "antigravity"), ("runpy.run_path", "reached"),
        ("runpy.run_module", "antigravity"), ("pickle.loads", b"cos\nsystem\n(Vtouch reached\ntR."),
        ("pickle.load", None), ("torch.load", "checkpoints/step-00000001.pt"),
        ("torch.hub.load", "reached", "reached"), ("torch.utils.cpp_extension.load", "x", ()),
        ("yaml.unsafe_load", "!!python/object/apply:os.system [touch reached]"),
        ("code.InteractiveInterpreter", None), ("ctypes.CDLL", "libc.so.6"),
        ("socket.create_connection", ("127.0.0.1", 9)), ("socket.socket",),
        ("urllib.request.urlopen", "http://127.0.0.1:9/"), ("webbrowser.open", "about:blank"),
        ("multiprocessing.Process",), ("logging.FileHandler", "reached"),
        ("timeit.timeit", "open('reached', 'w')", "pass", None, 1), ("sys.exit", 0),
        ("operator.attrgetter", "x"), ("functools.partial", print, "reached"),
        ("zipfile.ZipFile", "reached", "w"), ("sqlite3.connect", "reached"),
        ("hydra.utils.instantiate", {"_target_": "os.system", "command": SHELL}),
        ("numpy.load", "reached.npy", None, True),
    ]}  # fmt: skip


class Call:
    """Pickled, it asks whoever loads it to call a function."""

    def __init__(self, name: str, words: Any) -> None:
        self.name, self.words = name, tuple(words)

    def __reduce__(self) -> tuple[Any, ...]:
        return find(self.name), self.words


def find(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(importlib.import_module(module), last)
