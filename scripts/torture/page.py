from pathlib import Path
TOTALS = Path(__file__).resolve().parents[2] / "docs" / "reliability.json"
def write(): pass
