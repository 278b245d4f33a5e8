"""The first window: the client with 100,000 requests stored beside an empty window of PySide6, in turn."""

import compileall
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.profile import make

ROOT = Path(__file__).resolve().parent.parent

REQUESTS = 100_000
ROUNDS = 9


def start(kind: str, folder: str) -> list[float]:
    """What that start printed, in milliseconds from the moment before the process was made."""
    command = [sys.executable, "-m", "benchmarks.windows", kind, folder, str(time.time())]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return [float(line) for line in done.stdout.split()]


def measure() -> dict[str, Any]:
    for room in ("benchmarks", "contract", "desktop", "resources"):
        compileall.compile_dir(ROOT / room, quiet=1)  # as the set-up does; the environment may forbid it at the start
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), REQUESTS)
        start("volet", folder)
        empty, first, listed = [], [], []
        for _ in range(ROUNDS):
            empty.append(start("bare", folder)[0])
            interactive, shown = start("volet", folder)
            first.append(interactive)
            listed.append(shown)
    ratios = [ours / theirs for ours, theirs in zip(first, empty, strict=True)]
    return {
        "first interactive window, 100,000 requests stored ÷ a bare window": {
            "value": round(statistics.median(ratios), 3),
            "limit": 1.3,
            "unit": "×",
        },
        "the same, until the list is on the screen ÷ a bare window": {
            "value": round(statistics.median([ours / theirs for ours, theirs in zip(listed, empty, strict=True)]), 3),
            "unit": "×",
        },
        "a bare window, on this machine": {"value": round(statistics.median(empty), 1), "unit": "ms"},
    }
