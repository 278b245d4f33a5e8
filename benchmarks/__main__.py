"""`python -m benchmarks [NAME…]`: every measurement beside its limit, as ratios taken in one run on one machine.

Each module `measure()`s into a dictionary: what was measured → `{"value", "limit", "unit", "at_least"}`. What has no
`limit` is told and not judged. Absolute times are of this machine only; the ratios are what is promised.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

MODULES = ("start", "search", "sync", "smooth", "portal", "users", "review", "review_window", "matrix")
RESULTS = Path(__file__).with_name("results.json")


def is_kept(entry: dict[str, Any]) -> bool:
    """Whether the value keeps its limit; what has none is kept."""
    if entry.get("limit") is None:
        return True
    value, limit = float(entry["value"]), float(entry["limit"])
    return value >= limit if entry.get("at_least") else value <= limit


def told(what: str, entry: dict[str, Any]) -> str:
    unit = entry.get("unit", "×")
    limit = entry.get("limit")
    bound = "" if limit is None else f"{'≥' if entry.get('at_least') else '≤'} {limit:g} {unit}"
    verdict = "" if limit is None else "ok" if is_kept(entry) else "OVER"
    return f"{what:<62} {float(entry['value']):>10.3g} {unit:<6} {bound:>14}  {verdict}"


def entries(measured: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Bare numbers become entries without a limit."""
    return {
        what: entry if isinstance(entry, dict) else {"value": entry, "unit": ""} for what, entry in measured.items()
    }


def main(names: list[str]) -> int:
    results: dict[str, dict[str, dict[str, Any]]] = {}
    if RESULTS.exists():
        results = json.loads(RESULTS.read_text(encoding="utf-8"))
    over = 0
    for name in names or MODULES:
        print(f"— {name}", flush=True)
        results[name] = entries(importlib.import_module(f"benchmarks.{name}").measure())
        for what, entry in results[name].items():
            print(told(what, entry), flush=True)
            over += not is_kept(entry)
    ordered = {name: results[name] for name in MODULES if name in results}
    RESULTS.write_text(json.dumps(ordered, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{over} over their limit" if over else "every limit is kept")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
