"""Measure what the judgement tells of real samples with a known defect.

    PYTHONPATH=scripts python -m judge_study docs/judge.json --seeds 3
    PYTHONPATH=scripts python -m judge_study tuning.json --tuning

MNIST and Fashion-MNIST are read from MCGAN_DATA or where Debian's package puts the latter. Each
judgement is stored at once: stop and start it as you like. Tables and picture are made at the end.
Thresholds were set with --tuning: half of Fashion-MNIST, other defects and other seeds.
"""

import argparse
from itertools import chain
from pathlib import Path

from judge_study import figure, page
from judge_study.cases import FIRST, PARTS, tuning
from judge_study.rows import judge_all


def main() -> None:
    parser = argparse.ArgumentParser(prog="judge_study", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path, help="the file of rows")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tuning", action="store_true", help="the cases for thresholds alone")
    parser.add_argument("--page", action="store_true", help="write tables and picture alone")
    asked = parser.parse_args()
    seeds = range(FIRST, FIRST + asked.seeds)
    if asked.tuning:
        judge_all(asked.out, tuning(range(asked.seeds)))
        return
    cases = chain.from_iterable(PARTS[part](seeds) for part in asked.parts)
    judge_all(asked.out, [] if asked.page else cases)
    page.write(asked.out)
    figure.write(asked.out)


if __name__ == "__main__":
    main()
