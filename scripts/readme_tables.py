"""Write the tables of options into README.md, from the comments that head the YAMLs.

    python scripts/readme_tables.py            # after adding or renaming an option
    python scripts/readme_tables.py --check    # exit code 1 when a table is stale
"""

import argparse
import os
from pathlib import Path

import tables

from mcgan.cli import options

README = Path(__file__).resolve().parents[1] / "README.md"


def fresh(text: str) -> str:
    """The text with all its tables as `mcgan list --markdown` has them."""
    groups = options.groups()
    for name in tables.names(text):
        text = tables.replaced(text, name, options.markdown(name, groups.get(name, [])))
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    os.environ.pop("MCGAN_CONF", None)  # a reader's README does not have your own options
    old = README.read_text(encoding="utf-8")
    new = fresh(old)
    if new == old:
        return 0
    if check:
        print("README.md: stale tables; run python scripts/readme_tables.py")
        return 1
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
