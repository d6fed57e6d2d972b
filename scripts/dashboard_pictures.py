"""The README's pictures of the dashboard: a real TensorBoard over real runs, in a real browser.

    mcgan train experiment=collapse replicas=4 train.steps=2000 eval.every=200 name=dash/collapse
    mcgan train experiment=covered replicas=4 train.steps=2000 eval.every=200 name=dash/covered
    python scripts/dashboard_pictures.py runs/dash

Needs Chromium with its driver (Debian: chromium, chromium-driver) and `pip install selenium`.
"""

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
TABS = {"custom_scalars": 2400, "images": 2000, "hparams": 900, "text": 1200, "timeseries": 1400}
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")
SETTLE = 8  # seconds until charts are drawn


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A TensorBoard over the runs in `folder`, by its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    board = subprocess.Popen([sys.executable, "-m", "tensorboard.main", "--logdir", str(folder),
                              "--port", str(port), "--load_fast", "false"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            time.sleep(0.5)
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", port)) == 0:
                    break
        yield f"http://localhost:{port}"
    finally:
        board.terminate()
        board.wait()


@contextmanager
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options, Service("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


def shoot(driver: webdriver.Chrome, address: str, tab: str, height: int, out: Path) -> None:
    driver.set_window_size(1400, height)
    for _ in range(2):  # custom scalars stay empty until a reload
        driver.get(f"{address}/#{tab}")
        driver.refresh()
        time.sleep(SETTLE)
    driver.save_screenshot(str(out / f"dashboard_{tab}.png"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="holds the runs")
    parser.add_argument("--tab", choices=TABS, action="append", help="these alone")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    with server(args.folder) as address, browser() as driver:
        for tab in args.tab or TABS:
            shoot(driver, address, tab, TABS[tab], args.out)
            print(args.out / f"dashboard_{tab}.png")


if __name__ == "__main__":
    main()
