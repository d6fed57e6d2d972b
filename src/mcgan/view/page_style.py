"""How the page looks and what it does by itself; nothing is fetched."""

STYLE = """
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --faint: #555; --line: #ddd;
        --mark: #e6f1f8; --card: #f6f7f8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #141618; --faint: #a8adb3; --line: #3a3e43; --mark: #173a52;
          --card: #1d2023 }
  .drawn img { filter: invert(.92) hue-rotate(180deg) }
  .kept img { filter: brightness(.85) }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       margin: 2rem auto; max-width: 92rem; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 2.5rem } h3 { font-size: 1.05rem }
h4 { font-size: 1rem; margin: 0 }
h1, h2, h3, h4, p, li, code { overflow-wrap: anywhere }
.wide { overflow-x: auto; max-width: 100% }
table { border-collapse: separate; border-spacing: 0; font-size: .8rem;
        font-variant-numeric: tabular-nums }
th, td { padding: .3rem .5rem; text-align: right; white-space: nowrap; background: var(--paper) }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: break-word;
  min-width: 8rem; max-width: 24rem; position: sticky; left: 0; z-index: 1;
  border-right: 1px solid var(--line) }
thead th { border-bottom: 2px solid var(--ink) }
tbody td { border-bottom: 1px solid var(--line) }
tfoot td { font-style: italic; color: var(--faint) }
td.best { font-weight: bold; background: var(--mark) }
th button { all: unset; cursor: pointer; font-weight: bold }
th button:focus-visible { outline: 2px solid }
th[aria-sort=ascending] button::after { content: " \\25B2" }
th[aria-sort=descending] button::after { content: " \\25BC" }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 1rem }
figure { margin: 0; flex: 1 1 24rem; max-width: 42rem; min-width: 0 }
img { max-width: 100%; height: auto }
article { background: var(--card); border-radius: .5rem; padding: 1rem; margin: 1rem 0 }
.pictures article { flex: 1 1 24rem; max-width: 45rem; min-width: 0; margin: 0 }
article code { font-size: .8rem }
pre { overflow-x: auto; font-size: .8rem }
figcaption, .small { font-size: .85rem; color: var(--faint) }
@media (max-width: 40rem) {
  body { margin: 1rem auto; padding: 0 .6rem }
  figure { flex-basis: 100% }
  th:first-child, td:first-child { max-width: 9rem }
}
"""

SCRIPT = """
const number = cell => parseFloat(cell.textContent.replace(/[,<+≥ ]/g, "").replace("−", "-"));
const before = (a, b, column) => {
  const [x, y] = [a, b].map(row => row.cells[column]), [p, q] = [x, y].map(number);
  if (column === 0) return x.textContent.localeCompare(y.textContent, undefined, {numeric: true});
  return p - q;
};
document.querySelectorAll("th button").forEach(button => button.onclick = () => {
  const head = button.parentNode, table = head.closest("table"), body = table.tBodies[0];
  const down = head.ariaSort === "ascending", column = head.cellIndex;
  table.querySelectorAll("th").forEach(other => other.ariaSort = null);
  head.ariaSort = down ? "descending" : "ascending";
  const known = row => column === 0 || !isNaN(number(row.cells[column]));
  const [full, rest] = [true, false].map(k => [...body.rows].filter(row => known(row) === k));
  full.sort((a, b) => before(a, b, column) * (down ? -1 : 1));
  body.append(...full, ...rest);
});
"""
