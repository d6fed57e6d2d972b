"""Write the tables of the verdict in docs/RESULTS.md: runs made to collapse or not, and what a
detector that does not know the modes says of every replica, held against the true modes; and what
it says of constructed samples.

    python scripts/verdict_table.py runs/verdict

Trains what the folder lacks, one run after the other: stop and start it as you like.
"""

import argparse
from pathlib import Path
from typing import Any

import tables
import verdict_samples

from mcgan.cli.main import main as mcgan
from mcgan.run import metrics_log
from mcgan.run.directory import RunDirectory
from mcgan.verdict import causes, rules

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "RESULTS.md"
COMMON = ["eval.verdict=neighbours", "eval.samples=2000", "eval.every=70", "train.steps=700",
          "train.batch_size=32", "train.threads=1", "arch.width=32", "replicas=10"]  # fmt: skip
BALANCED = ["objective=rpgan", "reg=[r1,r2]", "reg.r1.gamma=0.05", "reg.r2.gamma=0.05",
            "optim.lr=3e-3", "optim.betas=[0.0,0.99]"]  # fmt: skip
MOMENTUM = "optim.betas=[0.5,0.999]"
WAYS = {  # how a run is made to fail: the cause that is provoked, and the settings
    "strong critic": ("ahead", [
        "objective=non_saturating", "optim.lr=3e-4", "optim.d.lr=3e-2", MOMENTUM]),
    "strong critic, saturating": ("vanishing", [
        "objective=minimax", "optim.lr=3e-4", "optim.d.lr=2e-2"]),
    "fast generator": ("forgetting", [
        "objective=non_saturating", "optim.lr=1e-2", "optim.d.lr=1e-3", MOMENTUM]),
    "tiny critic": ("capacity", [
        "objective=non_saturating", "arch.critic_width=2", "optim.lr=3e-3", MOMENTUM]),
    "balanced": ("", BALANCED),
    "balanced, eight times as long": ("", [
        *BALANCED, "optim.lr={from:3e-3,to:0.0,until:1.0,shape:cosine}", "train.steps=5600",
        "eval.every=560"]),
}  # fmt: skip
TUNED = {
    "ring of 8": ["dataset=ring", "seed=0"],
    "grid of 25": ["dataset=grid", "seed=0"],
}
HELD_OUT = {
    "ring of 12, wide": [
        "dataset=ring", "dataset.modes=12", "dataset.std=0.05", "seed=1000"],
    "15 modes in the plane, uneven": [
        "dataset=mixture", "dataset.components=15", "dataset.imbalance=4", "dataset.seed=1",
        "dataset.apart=1", "seed=2000"],
    "10 modes in 8 dimensions": [
        "dataset=mixture", "dataset.dim=8", "dataset.spread=2", "dataset.seed=2", "seed=3000"],
    "30 modes in 16 dimensions": [
        "dataset=mixture", "dataset.dim=16", "dataset.components=30", "dataset.spread=2",
        "dataset.std=0.2", "dataset.seed=3", "seed=4000"],
}  # fmt: skip
LOW, NARROW = 0.5, 0.25  # of a perfect sampler's effective modes, of the true width: collapsed
SLIM = 0.5  # of the true width, below which it is collapsed too where quality is above its ceiling
ON = 0.7  # of a perfect sampler's share of high-quality samples, below which it is off the data
OFF = ("off", "sharpening")


def trained(folder: Path, words: list[str]) -> RunDirectory:
    """A run, which is trained or continued unless it has ended."""
    run = RunDirectory(folder)
    if run.result() is None:
        code = mcgan(["train", *COMMON, *words, f"runs_dir={folder.parent}", f"name={folder.name}"])
        if code not in (0, 4):  # 4: all replicas diverged
            raise SystemExit(code)
    return run


def replicas(run: RunDirectory) -> list[dict[str, Any]]:
    """Of each living replica whether its true modes say that it has collapsed, and what the rules
    say, as they are now, of the signals that the run recorded."""
    result = run.result() or {}
    metrics = result["metrics"]
    modes, quality = metrics["effective_modes"], metrics["quality"]
    rows = [row for row in metrics_log.read(run.metrics) if row["kind"] == "health"]
    grace = rules.GRACE * run.config()["train"]["steps"]
    found = []
    columns = [metrics[key]["values"] for key in ("effective_modes", "width_ratio", "quality")]
    for i, (held, wide, good) in enumerate(zip(*columns, strict=True)):
        if held is not None:
            mine = [{key.removeprefix("health/"): row[key] if key == "step" else row[key][i]
                     for key in row if key != "kind"} for row in rows]  # fmt: skip
            state = rules.state(mine, grace, last=True)
            cause = causes.cause(mine, state)
            slim = SLIM if good > quality["perfect"] else NARROW
            gone = held < LOW * modes["perfect"] or (wide is not None and wide < slim)
            found.append({"true": gone, "off": good < ON * quality["perfect"], "held": held,
                          "width": wide, "quality": good, "kind": state.kind,
                          "said": state.collapsed, "cause": cause and cause.key,
                          "row": mine[-1]})  # fmt: skip
    return found


def scored(found: list[dict[str, Any]]) -> list[str]:
    """Replicas, collapsed ones, precision and recall, and the mistakes."""
    true = [each["true"] for each in found]
    said = [each["said"] for each in found]
    hits = sum(a and b for a, b in zip(true, said, strict=True))
    wrong = sum(a != b for a, b in zip(true, said, strict=True))
    shares = [f"{hits / n:.3f}" if n else "–" for n in (sum(said), sum(true))]
    return [str(len(found)), str(sum(true)), *shares, str(wrong)]


def detection(runs: dict[tuple[str, str], list[dict[str, Any]]]) -> str:
    head = ["data", "replicas", "collapsed by the true modes", "precision", "recall", "mistakes"]
    body = []
    for title, data in (("tuned on", TUNED), ("**held out**", HELD_OUT)):
        body += [[f"{title}: {name}", *scored(of(runs, name))] for name in data]
        body.append([f"{title}: all", *scored([each for name in data for each in of(runs, name)])])
    return tables.rows(head, body)


def astray(runs: dict[tuple[str, str], list[dict[str, Any]]]) -> str:
    """Of replicas that have not collapsed: which are off the data, and which are called healthy."""
    head = ["data", "not collapsed", "off the data by the true modes", "precision", "recall",
            "called healthy", "of these truly off"]  # fmt: skip
    body = []
    for title, data in (("tuned on", TUNED), ("**held out**", HELD_OUT)):
        for name in data:
            body.append([f"{title}: {name}", *told_off(of(runs, name))])
        body.append([f"{title}: all", *told_off([e for name in data for e in of(runs, name)])])
    return tables.rows(head, body)


def told_off(found: list[dict[str, Any]]) -> list[str]:
    """As `scored`, of the replicas that neither their true modes nor the verdict call collapsed."""
    found = [each for each in found if not each["true"] and not each["said"]]
    asked = [each | {"true": each["off"], "said": each["kind"] in OFF} for each in found]
    healthy = [each for each in found if each["kind"] == "healthy"]
    return [*scored(asked)[:-1], str(len(healthy)), str(sum(each["off"] for each in healthy))]


def of(runs: dict[tuple[str, str], list[dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    return [each for (data, _), found in runs.items() if data == name for each in found]


def naming(runs: dict[tuple[str, str], list[dict[str, Any]]]) -> str:
    """On held-out data: of the replicas that lose modes, how many causes are as provoked."""
    head = ["made to fail by", "provoked cause", "replicas that lose modes", "it is named",
            "other causes named"]  # fmt: skip
    body = []
    for way, (cause, _) in WAYS.items():
        named = [each["cause"] for (data, made), found in runs.items() for each in found
                 if made == way and data in HELD_OUT and each["cause"]
                 and each["kind"] not in OFF]  # fmt: skip
        others = sorted({each for each in named if each != cause}, key=named.count)[::-1]
        told = ", ".join(f"{named.count(each)} {each}" for each in others) or "–"
        share = f"{named.count(cause) / len(named):.0%}" if cause and named else "–"
        body.append([way, cause or "none", str(len(named)), share, told])
    return tables.rows(head, body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="of the runs")
    folder = parser.parse_args().folder
    runs = {}
    for data, where in (TUNED | HELD_OUT).items():
        for way, (_, words) in WAYS.items():
            name = f"{data}-{way}".replace(" ", "-").replace(",", "")
            runs[data, way] = replicas(trained(folder / name, [*where, *words]))
    text = RESULTS.read_text(encoding="utf-8")
    text = tables.replaced(text, "verdict", detection(runs))
    text = tables.replaced(text, "astray", astray(runs))
    text = tables.replaced(text, "constructed", verdict_samples.table())
    RESULTS.write_text(tables.replaced(text, "causes", naming(runs)), encoding="utf-8")


if __name__ == "__main__":
    main()
