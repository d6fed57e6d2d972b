"""`mcgan compare` as typed, its page, and the end of a sweep."""

import base64
import html
import io
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from finished import MINIBATCH, PENALTY, REPLAY, WASSERSTEIN, write_run
from mcgan.metrics.interval import bounded_interval

REGS = {"none": {}, "minibatch": {"minibatch": MINIBATCH}, "replay": {"replay": REPLAY},
        "both": {"minibatch": MINIBATCH, "replay": REPLAY}}  # fmt: skip


@pytest.fixture
def sweep(home: Path) -> Path:
    for name, reg in REGS.items():
        for seed in (0, 2, 4):
            strict = [4 + len(reg) + seed / 2, 5 + len(reg)]
            folder = home / "runs/sweep" / f"{name}-{seed}"
            write_run(folder, strict, seed=seed, reg=reg, full_at=500 if reg else None)
    return home / "runs/sweep"


def test_the_table_of_a_sweep(cli, sweep) -> None:
    for words in (["runs/sweep"], ["sweep"], ["runs", "runs/sweep"]):
        ended = cli("compare", *words)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("ring · protocol default · 10,000 samples\n")
        assert re.search(r"^reg=minibatch\+replay +6 ", ended.out, re.M)


def test_machine_formats_hold_nothing_else(cli, sweep) -> None:
    (sweep / "none-0/status.json").write_text("{")
    assert len(json.loads(cli("compare", "sweep", "--format", "json").out)["left_out"]) == 1
    ended = cli("compare", "sweep", "--format", "csv")
    assert ended.out.startswith("table,dataset,") and len(ended.out.splitlines()) == 6
    assert "not compared: runs/sweep/none-0: damaged, " in ended.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "the following arguments are required: DIR; see `mcgan compare --help`"),
        ("runs/sweeep", "no folder 'runs/sweeep'; did you mean 'sweep'?"),
        ("nothing/here", "no folder 'nothing/here': give a run or a folder of runs"),
        ("empty", "empty holds no runs: give the folder of a run or of a sweep"),
        ("sweep --baseline nono", "baseline 'nono' names no single group (choose from: reg="),
        ("sweep --baseline reg=mini", "baseline 'reg=mini' names no single group; did you mean"),
        ("sweep --format word", "argument --format: invalid choice: 'word'"),
        ("sweep --html no/a.html", "--html no/a.html: there is no folder no"),
        ("sweep --html empty", "--html empty is a folder: give the name of a file"),
    ],
)
def test_mistakes_are_one_line(cli, sweep, home, words, message) -> None:
    (home / "empty").mkdir()
    ended = cli("compare", *words.split())
    assert ended.code == 2 and ended.out == ""
    assert ended.err.startswith(f"mcgan compare: {message}") and ended.err.count("\n") == 1


def test_nothing_finished_is_no_error(cli, sweep) -> None:
    for file in sweep.rglob("status.json"):
        file.write_text('{"state": "running", "step": 5, "steps": 10}')
    ended = cli("compare", "sweep")
    assert ended.code == 0 and "there is nothing to compare" in ended.out
    assert ended.out.count(": running, at step 5 of 10\n") == 12
    assert cli("compare", "sweep", "--format", "markdown", "--html", "a.html").code == 0
    assert "No run has ended" in Path("a.html").read_text()


def test_a_table_without_the_baseline_says_so(cli, sweep) -> None:
    write_run(sweep / "grid", [8], dataset__std=0.5, reg=REGS["both"])
    ended = cli("compare", "sweep", "--baseline", "reg=none")
    assert ended.code == 0 and "Against reg=none" in ended.out
    assert "dataset.std=0.5: 'reg=none' names no single group here, so no tests." in ended.out


def test_the_baseline_by_its_label_or_a_part(cli, sweep) -> None:
    whole = cli("compare", "sweep", "--baseline", "reg=minibatch", "--format", "json").out
    [table] = json.loads(whole)["tables"]
    assert table["baseline"] == "reg=minibatch"  # though reg=minibatch+replay holds it too
    assert len(table["tests"]) == 9
    assert all(test["test"] == "Wilcoxon signed-rank" for test in table["tests"])
    assert "Against reg=none" in cli("compare", "sweep", "--baseline", "none").out


def test_a_baseline_with_a_name_goes_by_its_settings_too(cli, home) -> None:
    for name, reg in (("plain", {}), ("memory", REGS["replay"])):
        folder = write_run(home / "runs" / name, [8, 7], reg=reg)
        (folder / ".hydra").mkdir()
        (folder / ".hydra/overrides.yaml").write_text(f"- name={name}\n")
    for word in ("plain", "reg=none", "none"):
        assert "Against plain\n" in cli("compare", "runs", "--baseline", word).out


class Page(HTMLParser):
    """Tags, addresses and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img"):
            self.open.append(tag)
        for key, value in attrs:
            if key == "src":
                self.pictures.append(value)
            elif key in ("href", "srcset", "data", "action"):
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else(cli, sweep) -> None:
    figures = sweep / "replay-4/figures"
    figures.mkdir()
    Image.new("RGB", (30, 20), "red").save(figures / "modes-00001000.png")
    Image.new("RGB", (30, 20), "red").save(figures / "samples-00001000.png")
    (sweep / "none-0/status.json").write_text('{"state": "failed", "error": "<b>no</b>"}')
    ended = cli("compare", "sweep", "--baseline", "none", "--html", "report.html")
    assert ended.code == 0 and ended.err == "report  report.html\n"
    text = Path("report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.open and not page.links and "link" not in page.tags
    assert "script src" not in text and page.tags.count("script") == 1
    assert not re.search(r"https?:|//\w|url\(|@import", re.sub(r"base64,[^\"]+", "", text))
    assert page.tags.count("table") == 2 and "&lt;b&gt;no&lt;/b&gt;" in text
    assert [form(source) for source in page.pictures] == ["svg+xml", "svg+xml", "png", "png"]
    assert all(picture(source).size == (30, 20) for source in page.pictures[2:])


def test_the_page_says_when_how_and_what_became_of_each_group(cli, sweep) -> None:
    told = {"verdict": {"text": "2 <healthy>", "replicas": []}, "command": "mcgan train reg=none"}
    for seed in (0, 2, 4):
        file = sweep / f"none-{seed}" / "result.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | told))
    assert cli("compare", "sweep", "--html", "the page.html").code == 0
    text = Path("the page.html").read_text(encoding="utf-8")
    assert "<code>mcgan compare sweep --html &#x27;the page.html&#x27;</code>" in text
    assert re.search(r"mcgan [\d.]+, \d{4}-\d\d-\d\d \d\d:\d\d ", text)
    assert text.count("<article>") == len(REGS)
    assert text.count("<code>mcgan train reg=none</code>") == 1
    assert "seeds 2–3, ended 2026-01-01 00:00: 2 &lt;healthy&gt;" in text
    assert "seeds 0–1, ended 2026-01-01 00:00: no verdict" in text


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), "")
TELLS = """<script>
const seen = [...document.images];
const loaded = performance.getEntriesByType("resource");
const firsts = () => [...document.querySelectorAll("tbody tr")].map(r => r.cells[0].textContent);
const heads = [...document.querySelectorAll("th button")];
const orders = [heads[0], heads[2], heads[2]].map(head => (head.click(), firsts()));
document.title = JSON.stringify({
  images: seen.length, drawn: seen.filter(i => i.complete && i.naturalWidth > 200).length,
  wide: document.documentElement.scrollWidth, window: window.innerWidth,
  rows: document.querySelectorAll("tbody tr").length, orders: orders,
  lines: Math.max(...[...document.querySelectorAll("tbody td:first-child")].map(cell => {
    const text = document.createRange(); text.selectNodeContents(cell);
    return text.getClientRects().length})),
  sticky: getComputedStyle(document.querySelector("td")).position,
  paper: getComputedStyle(document.body).backgroundColor,
  requests: loaded.filter(e => !e.name.startsWith("data:")).length,
});
</script>"""


def look(name: str, profile: Path, *flags: str, wide: int = 1200) -> dict:
    """What a browser without network sees of a page in a frame of that width."""
    text = Path("report.html").read_text(encoding="utf-8").replace("</body>", TELLS + "</body>")
    Path(name).write_text(text, encoding="utf-8")
    words = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--window-size={wide},900",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={profile}",
        *flags,
        "--virtual-time-budget=5000",
        "--dump-dom",
        Path(name).resolve().as_uri(),
    ]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=120)
    told = re.search(r"<title>(.*?)</title>", ended.stdout)
    assert told, ended.stderr[-500:]
    return json.loads(html.unescape(told[1]))


@pytest.mark.skipif(not BROWSER, reason="no Chromium here")
def test_a_browser_without_network_shows_and_sorts_the_page(cli, sweep, tmp_path) -> None:
    assert cli("compare", "sweep", "--html", "report.html").code == 0
    seen = look("seen.html", tmp_path / "profile")
    assert seen["images"] == seen["drawn"] == 2 and seen["rows"] == len(REGS)
    assert seen["wide"] <= seen["window"] and seen["requests"] == 0
    labels = ["reg=minibatch", "reg=minibatch+replay", "reg=none", "reg=replay"]
    by_name, upwards, downwards = seen["orders"]
    assert by_name == labels
    assert upwards[0] == downwards[-1] == "reg=none"  # the fewest modes covered
    assert upwards[-1] == downwards[0] == "reg=minibatch+replay"
    assert seen["lines"] == 1  # a label without blanks stays in one piece, however wide the rest
    assert seen["sticky"] == "sticky" and seen["paper"] == "rgb(255, 255, 255)"
    dark = look(
        "dark.html", tmp_path / "profile", "--blink-settings=preferredColorScheme=0", wide=500
    )
    assert dark["paper"] == "rgb(20, 22, 24)" and dark["wide"] <= dark["window"]


def form(source: str) -> str:
    return source.partition(";")[0].removeprefix("data:image/")


def picture(source: str) -> Image.Image:
    head, _, data = source.partition(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(data, validate=True))).convert("RGB")


def test_two_hundred_runs(cli, home) -> None:
    """Forty groups of five runs of two replicas, shuffled seeds; every number by hand."""
    random, expected = np.random.default_rng(0), {}
    objectives = {"non_saturating": None, "wgan_gp": WASSERSTEIN}
    for name, reg in REGS.items():
        for objective, node in objectives.items():
            for steps in range(1000, 6000, 1000):
                strict = random.integers(0, 9, 10).astype(float)
                changes = {"objective": node} if node else {}
                added = {"gradient_penalty": PENALTY, **reg} if node else reg
                for i in range(5):
                    folder = home / "runs" / f"{name}-{objective}-{steps}" / f"seed-{2 * i}"
                    write_run(folder, list(strict[2 * i : 2 * i + 2]), seed=2 * i, reg=added,
                              train__steps=steps, **changes)  # fmt: skip
                label = f"reg={'+'.join(reg) or 'none'} objective={objective} train.steps={steps}"
                expected[label] = strict
    apart = json.loads(cli("compare", "runs", "--format", "json").out)
    assert [len(table["groups"]) for table in apart["tables"]] == [8] * 5
    assert any("--mix-steps" in note for note in apart["notes"])
    words = ("compare", "runs", "--mix-steps", "--format", "json")
    [table] = json.loads(cli(*words).out)["tables"]
    groups = {group["label"]: group for group in table["groups"]}
    assert groups.keys() == expected.keys() and len(groups) == 40
    for label, strict in expected.items():
        group, spread = groups[label], bounded_interval(list(strict))
        assert group["seeds"] == 10 and group["collapsed"] == np.mean(strict < 4)
        assert [seed["modes_strict"] for seed in group["values"]] == list(strict)
        ends = [group[f"modes_strict_{end}"] for end in ("mean", "lower", "upper")]
        assert ends == pytest.approx(list(spread))
    means = [group["modes_strict_mean"] for group in table["groups"]]
    assert means == sorted(means, reverse=True)


PROBE = """
import sys
from mcgan.cli.main import main
code = main(sys.argv[1:])
print("LOADED", code, *sorted({"torch", "hydra", "matplotlib", "tensorboard"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("words", "loaded"),
    [
        (["sweep"], ""),
        (["--help"], ""),
        (["sweep", "--html", "a.html"], " matplotlib"),
        (["sweep", "--baseline", "none", "--format", "latex"], ""),
    ],
)
def test_no_torch(sweep, words, loaded) -> None:
    line = [sys.executable, "-c", PROBE, "compare", *words]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == f"LOADED 0{loaded}", done.stderr


SMALL = ("train.steps=4", "train.batch_size=8", "train.threads=1", "train.log_every=2",
         "arch.width=8", "eval.samples=50", "replicas=2")  # fmt: skip


@pytest.mark.usefixtures("pictures")
def test_a_real_sweep_ends_with_its_table_and_its_failures(cli, home) -> None:
    words = ("train", "-m", "reg=none,minibatch", "train.device=cpu,mps", "name=real", *SMALL)
    ended = cli(*words)
    assert ended.code == 2
    table = ended.out[ended.out.index("ring · protocol default · 50 samples") :]
    assert re.search(r"^reg=none +2 .*\(0/2\)", table, re.M)
    assert re.search(r"^reg=minibatch +2 .*\(0/2\)", table, re.M)
    assert "not compared" not in table  # failures are named once, below
    assert "2 of 4 jobs failed" in ended.err and ended.err.count("train.device=mps: torch") == 2
    again = cli("compare", "real", "--html", "real.html")
    assert again.code == 0 and again.out.count("failed, train.device=mps") == 2
    page = Page(Path("real.html").read_text(encoding="utf-8"))
    forms = [form(source) for source in page.pictures]
    assert forms == ["svg+xml"] * 2 + ["png"] * 4  # samples and modes of each group's own
    assert all(picture(source).size[0] > 1000 for source in page.pictures[2:])  # twice as sharp
    scores = json.loads(cli("compare", "real", "--format", "json").out)["tables"][0]
    stored = json.loads(next(home.glob("runs/real/*reg-none*/result.json")).read_text())
    group = next(group for group in scores["groups"] if group["label"] == "reg=none")
    assert group["kl_mean"] == pytest.approx(stored["metrics"]["kl"]["mean"])
    assert group["step_ms"] > 0


def test_a_sweep_without_a_result_ends_as_before(cli, experiment) -> None:
    assert cli("train", "objective=plain_loss", "-m", "seed=0,1").out.count("protocol") == 0
