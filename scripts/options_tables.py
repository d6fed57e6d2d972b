"""Write the tables of options into docs, from the comments that head the YAMLs.

python scripts/options_tables.py            # after adding or renaming an option
python scripts/options_tables.py --check    # exit code 1 when a table is stale
"""

import argparse
import os
from pathlib import Path

import tables

from mcgan.cli import options

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = ("options.md", "data.md")


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
    os.environ.pop("MCGAN_CONF", None)  # a reader's page does not have your own options
    old = {page: (DOCS / page).read_text(encoding="utf-8") for page in PAGES}
    stale = {page: new for page, text in old.items() if (new := fresh(text)) != text}
    for page, text in stale.items():
        if check:
            print(f"docs/{page}: stale tables; run python scripts/options_tables.py")
        else:
            (DOCS / page).write_text(text, encoding="utf-8")
    return int(check and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main())
