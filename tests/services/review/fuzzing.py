"""Every reader against files that no one would write: sound ones cut, crossed, spoilt and swollen.

What comes out is a read file with all its columns, or one sentence: never a crash, a hang or a heap of memory. An input
is made from its seed alone, so that a failure can be had again: `python -m tests.services.review.fuzzing 1 SEED`.

`python -m tests.services.review.fuzzing 200000` runs the long form.
"""

import faulthandler
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from desktop.services.review import line
from desktop.services.review.reading import opening, printed
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import PrintedText, ReadFile, Unreadable
from desktop.views.printed import PrintedTexts
from tests.services.review import making_bpij as bpij
from tests.services.review import making_tables as tables
from tests.services.review.making_bpij import Benefit

NIR = "295109912611193"
SLOWEST = 10.0
"""Seconds for one small file, on a busy machine."""
MOST_MEMORY = 1024**3
PIECES = (
    *(b"<", b">", b"</", b"/>", b"&", b"&#0;", b"&#x10FFFF;", b"<![CDATA[", b"]]>", b"<!--", b"<!DOCTYPE a [", b"\0"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\r", b"\n", b"\r\n", b'"', b"'", b";", b"\t", b","),
    *(b"9" * 40, b"-", b"1e999", b"1,90013E+14", b"31/02/2024", b"0000-00-00", b"99/99/9999", b"Total : 1,00"),
    *(b"<Prestation>", b"</Prestation>", b"<Indu/>", b"<Montant>", b"Nature", b"PK\x03\x04", b"PK\x01\x02"),
    *(b"01/03/2024 au 02/03/2024", "−12 345,67 €".encode(), "\u202f\u00a0\u2009".encode(), b";" * 3000, b"a;" * 300),
    *(b"obj", b"endobj", b"stream\n", b"/Kids[2 0 R]", b"/Length 99999999", b"\x80" * 30, b"PK\x05\x06", b"=1+1"),
    *(b"()" * 9, b"\x1a", b"12", b"-3.50", b"1 234,56", b"2024-03-01", b"45352", b"true", b"CAR", b"RETCSJ"),
)
"""What readers trip over."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file. `pages` are read as the text of a PDF instead of `data`."""

    seed: int
    name: str
    data: bytes
    pages: tuple[str, ...] = ()


def seeds() -> dict[str, bytes]:
    """Sound files of every sort. Those of text are in `texts`."""
    message = bpij.regularised()
    dues = bpij.of(Benefit(amount="x"), Benefit(None, None, None, None, None, None), dues=(bpij.Due(),), total="7.00")
    rows = tables.insurer(tables.leaves(6), before=[["Relevé du mois"], []], after=[["Total", "", "", "1,00"]])
    return {
        "a.xml": bpij.xml(message),
        "prefix.xml": bpij.xml(dues, "ns2:", "ISO-8859-1", pretty=False),
        "wide.xml": bpij.xml(dues, encoding="UTF-16"),
        "a.zip": bpij.packed(message),
        "table.zip": bpij.zipped(("a.csv", tables.text(rows))),
        "a.csv": tables.text(rows),
        "tabs.tsv": tables.text(rows, separator="\t", encoding="utf-16", ends="\n"),
        "old.csv": tables.text(rows, separator=",", encoding="cp1252"),
        "a.xlsx": tables.sheet(rows),
    }


def texts() -> tuple[str, ...]:
    """Sound texts of PDF."""
    row = bpij.printed_row("01/03/2024 au 02/03/2024", "I.J. NORMALES", "2", "53,31", "106,62")
    return (bpij.printed([row, row], total="198,92 €"), bpij.STATEMENT)


def spoilt(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """A few changes somewhere in it."""
    made = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8, 30))):
        at = dice.randrange(len(made) + 1)
        to = min(len(made), at + dice.choice((1, 2, 5, 40, 400)))
        match dice.randrange(8):
            case 0:
                made[at:to] = dice.randbytes(to - at)
            case 1:
                del made[at:to]
            case 2:
                made[at:at] = dice.choice(PIECES)
            case 3:
                made[at:to] = dice.choice(PIECES)
            case 4:
                made[at:at] = made[at:to] * dice.choice((1, 2, 50))
            case 5:
                begin = dice.randrange(len(other) + 1)
                made[at:to] = other[begin : begin + dice.choice((3, 30, 300))]
            case 6 if dice.random() < 0.2:
                del made[at:]
            case _ if at < len(made):
                made[at] ^= 1 << dice.randrange(8)
    return bytes(made)


def dented(data: bytes, dice: random.Random) -> bytes:
    """XML with a few texts changed and its elements left as they were, so that the lines themselves are tried."""
    texts = list(re.finditer(rb">([^<]*)<", data))
    made = data
    for found in sorted(dice.sample(texts, dice.choice((1, 2, 5))), key=lambda each: -each.start()):
        made = made[: found.start(1)] + escape(dice.choice(PIECES).decode("latin-1")).encode() + made[found.end(1) :]
    return made


def changed(name: str, data: bytes, other: bytes, dice: random.Random) -> bytes:
    """Spoilt as it lies, or, every other time, inside what holds it."""
    if dice.random() < 0.5:
        return spoilt(data, other, dice)
    if name == "a.xml":
        return dented(data, dice)
    if name == "a.zip":
        return bpij.zipped(("e.xml", bpij.ENVELOPE), ("d.xml", dented(bpij.xml(bpij.regularised()), dice)))
    if name == "table.zip":
        return bpij.zipped(("a.csv", spoilt(tables.text(tables.insurer(tables.leaves(3))), other, dice)))
    if name == "a.xlsx":
        rows: list[list[object]] = [list(row) for row in tables.insurer(tables.leaves(3))]
        for _ in range(dice.choice((1, 3, 9))):
            row = dice.choice(rows)
            row[dice.randrange(len(row))] = dice.choice(
                (dice.choice(PIECES).decode("latin-1"), 1e300, -1, True, None, 0.005)
            )
        return tables.sheet(rows)
    return spoilt(data, other, dice)


def inputs(count: int, first: int = 0, pdf: bytes = b"") -> Iterator[Input]:
    """So many, from that seed on. PDF only where one is given: each costs its process a while."""
    sound, pages = seeds() | ({"a.pdf": pdf} if pdf else {}), texts()
    names = [*sound, "pages"]
    for seed in range(first, first + count):
        dice = random.Random(seed)  # noqa: S311 - the same file for the same seed
        name = names[seed % len(names)]
        if name == "pages":
            text = spoilt(dice.choice(pages).encode(), dice.choice(pages).encode(), dice)
            yield Input(seed, name, b"", tuple(text.decode("utf-8", "replace").split("\f")))
        else:
            yield Input(seed, name, changed(name, sound[name], sound[dice.choice(list(sound))], dice))


def wrong(each: Input, printed_text: PrintedText) -> str:
    """What a reader did that it must not; "" when nothing."""
    begun = time.monotonic()
    source = Source(each.name, each.data)
    try:
        found = (
            printed.read(source, each.pages)
            if each.name == "pages"
            else opening.read(source, printed_text=printed_text, taught={})
        )
        said = _unsound(found)
    except Unreadable as refused:
        sound = refused.sentence.strip().endswith((".", "…")) and NIR not in refused.sentence
        said = "" if sound else f"a sentence not to be shown ({len(refused.sentence)} letters)"
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        said = f"{type(error).__name__}: {str(error)[:200]}"
    spent = time.monotonic() - begun
    return said or (f"{spent:.0f} s" if spent > SLOWEST else "")


def _unsound(found: ReadFile) -> str:
    schema = dict(list(found.frame.schema.items())[: len(line.COLUMNS)])
    if schema != line.COLUMNS:
        return "not the columns"
    lines = [*found.frame["line"].to_list(), *(each.line for each in found.rejected)]
    if len(set(lines)) != len(lines):
        return "a line twice"
    if found.frame.select("gross", "levies", "net", "label", "person").null_count().sum_horizontal().item():
        return "a hole where none may be"
    if any(NIR in each.reason for each in found.rejected):
        return "a number of social security in a reason"
    return ""


def main(count: int = 2_000, first: int = 0, tell: Callable[[str], object] = print, pdf: bytes = b"") -> int:
    """Tries so many files; answers how many failed. One that hangs for two minutes ends it all with its trace."""
    begun, failed = time.monotonic(), 0
    with PrintedTexts(seconds=5) as printed_text:
        for each in inputs(count, first, pdf):
            faulthandler.dump_traceback_later(120, exit=True)
            if said := wrong(each, printed_text):
                failed += 1
                tell(f"seed {each.seed} ({each.name}): {said}")
        faulthandler.cancel_dump_traceback_later()
    memory = peak()
    tell(f"{count} files, {failed} failed, {time.monotonic() - begun:.0f} s, {memory // 1024**2} MB at the peak")
    return failed + (memory > MOST_MEMORY)


def peak() -> int:
    """Bytes that this process has held at most, where the system tells; 0 elsewhere."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def written_pdf() -> bytes:
    """A sound PDF, for the long form."""
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication([])
    made = bpij.pdf(texts())
    application.shutdown()
    return made


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[1:]] or [2_000]
    sys.exit(1 if main(*asked[:2], pdf=written_pdf()) else 0)
