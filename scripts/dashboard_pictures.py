"""The pictures of the dashboard: `mcgan dashboard` over a real sweep, in a real browser.

    mcgan train -m experiment=collapse,covered dataset=ring replicas=4 train.steps=3000 \
        eval.every=300 name=dash
    python scripts/dashboard_pictures.py runs/dash

Needs Chromium (Debian: chromium).
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
TABS = {"custom_scalars": 1500, "images": 1450, "hparams": 620, "text": 1500, "timeseries": 1400}
WIDTH, SCALE = 900, 1.5  # as wide as a page shows it, so that its letters can be read, and sharp
COLOURS = 64  # of a picture: every one costs bytes
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
READ, SETTLE = 15, 60_000  # seconds until the runs are read; ms of the page's time to draw


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The dashboard over the runs in `folder`, by its address."""
    words = [sys.executable, "-m", "mcgan", "dashboard", str(folder), "--port", "0"]
    board = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        yield board.stdout.readline().partition("#")[0]  # type: ignore[union-attr]
    finally:
        board.terminate()
        board.wait()


def shoot(browser: str, address: str, tab: str, height: int, file: Path) -> None:
    with tempfile.TemporaryDirectory() as profile:
        words = [
            browser,
            *FLAGS,
            f"--window-size={WIDTH},{height}",
            f"--user-data-dir={profile}",
            f"--force-device-scale-factor={SCALE}",
            f"--virtual-time-budget={SETTLE}",
            f"--screenshot={file}",
            f"{address}#{tab}",
        ]
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
    Image.open(file).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="holds the runs")
    parser.add_argument("--tab", choices=TABS, action="append", help="these alone")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"no browser: install one of {', '.join(BROWSERS)}")
    with server(args.folder) as address:
        time.sleep(READ)
        for tab in args.tab or TABS:
            shoot(browser, address, tab, TABS[tab], args.out / f"dashboard_{tab}.png")
            print(args.out / f"dashboard_{tab}.png")


if __name__ == "__main__":
    main()
