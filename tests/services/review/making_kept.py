"""Files as a clerk holds them, read by the real readers, and a process that keeps them until it is killed."""

import os
from dataclasses import replace
from pathlib import Path

from desktop.services.review.keeping import Keeping
from desktop.services.review.reading import opening
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import ReadFile
from tests.services.review import making_bpij, making_tables

KEY = bytes(range(32))
CANARY = "ZARATHOUSTRA"
"""The name of somebody in every file: it must never be seen on the disk."""


def statement(count: int = 5, name: str = "releve.csv", remark: str = "") -> Source:
    """An insurer's CSV of so many lines; the third of them cannot be read, and says `remark`."""
    lines = [replace(line, surname=CANARY) for line in making_tables.leaves(count)]
    rows = making_tables.insurer(lines)
    broken = list(rows[3])
    broken[11] = f"illisible {remark}"
    return Source(name, making_tables.text([*rows[:3], broken, *rows[4:]]))


def bpij(name: str = "bpij.xml") -> Source:
    """Two payments and their levies, as XML."""
    first, second = ("2018-01-05+01:00", "2018-01-06+01:00"), ("2018-01-07+01:00", "2018-01-08+01:00")
    told = making_bpij.of(
        making_bpij.Benefit("IJNOR", *first),
        making_bpij.levy("RETCSJ", "-3.31", *first),
        making_bpij.Benefit("IJNOR", *second),
        surname=CANARY,
    )
    return Source(name, making_bpij.xml(told))


def read(source: Source) -> ReadFile:
    return opening.read(source)


def keep_for_ever(folder: Path) -> None:
    """Keeps one file after another, and says each once it is kept: for a process that is killed."""
    keeping = Keeping(folder, KEY)
    turn = len(keeping.files())
    while True:
        turn += 1
        source = statement(400, remark=f"{os.getpid()} {turn}")
        keeping.keep(source, read(source))
        keeping.add("topic", [source.sha256.encode()], by="Zoé")
        os.write(1, f"{source.sha256}\n".encode())
