"""A small PDF 1.4 writer: pages of text, lines and boxes in Helvetica, which every reader has."""

from dataclasses import dataclass, field
from typing import Final

A4: Final = (595, 842)
"""Points: 1/72 of an inch."""

MARGIN: Final = 56
_NARROW: Final = "\u202f"
_MINUS: Final = "\u2212"

# Widths of Helvetica from the space to the tilde, in thousandths of the size (Adobe's Core 14 metrics).
_WIDTHS: Final = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
_ADVANCE: Final = {chr(32 + place): int(width) for place, width in enumerate(_WIDTHS.split())}
_LIKE: Final = str.maketrans("éèêëàâîïôöùûüçÉÈÀÂÊÎÔÇ’\u00a0°·", "eeeeaaiioouuucEEAAEIOC' **")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Points that the text takes; bold is reckoned 6 % wider."""
    plain = _for_print(text).translate(_LIKE)
    return sum(_ADVANCE.get(char, 556) for char in plain) * size / 1000 * (1.06 if bold else 1.0)


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The lines of a paragraph; breaks at plain spaces only."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size) > room and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _for_print(text: str) -> str:
    return text.replace(_NARROW, "\u00a0").replace(_MINUS, "-")


def _literal(text: str) -> bytes:
    coded = _for_print(text).encode("cp1252", "replace")
    return b"(" + coded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


@dataclass(slots=True)
class Page:
    """One A4 page. Coordinates are points from the top left corner; a text stands on its base line."""

    _drawn: list[bytes] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, size: float = 10, *, bold: bool = False, grey: float = 0.1) -> None:
        font = b"/B" if bold else b"/R"
        place = f" {size:g} Tf {grey:g} g {x:.2f} {A4[1] - y:.2f} Td ".encode()
        self._drawn.append(b"BT " + font + place + _literal(text) + b" Tj ET")

    def right(self, x: float, y: float, text: str, size: float = 10, *, bold: bool = False, grey: float = 0.1) -> None:
        """Text that ends at `x`."""
        self.text(x - width(text, size, bold=bold), y, text, size, bold=bold, grey=grey)

    def paragraph(self, x: float, y: float, text: str, room: float, size: float = 10, leading: float = 15) -> float:
        """Lines within `room` points; answers the base line that follows."""
        for line in (line for part in text.split("\n") for line in wrapped(part, size, room)):
            self.text(x, y, line, size)
            y += leading
        return y

    def rule(self, x: float, y: float, to_x: float, to_y: float, thick: float = 0.5, grey: float = 0.6) -> None:
        line = f"{grey:g} G {thick:g} w {x:.2f} {A4[1] - y:.2f} m {to_x:.2f} {A4[1] - to_y:.2f} l S"
        self._drawn.append(line.encode())

    def band(self, x: float, y: float, wide: float, high: float, grey: float = 0.93) -> None:
        """A filled rectangle, its top left corner at (x, y)."""
        self._drawn.append(f"{grey:g} g {x:.2f} {A4[1] - y - high:.2f} {wide:.2f} {high:.2f} re f".encode())

    def frame(self, x: float, y: float, wide: float, high: float, grey: float = 0.55) -> None:
        self._drawn.append(f"{grey:g} G 0.7 w {x:.2f} {A4[1] - y - high:.2f} {wide:.2f} {high:.2f} re S".encode())

    def curve(self, points: list[tuple[float, float]], thick: float = 1.1, grey: float = 0.25) -> None:
        """A pen stroke through groups of three points after the first, as Bézier curves: a signature."""
        parts = [f"{grey:g} G {thick:g} w {points[0][0]:.2f} {A4[1] - points[0][1]:.2f} m"]
        bends = (points[place : place + 3] for place in range(1, len(points) - 2, 3))
        parts.extend(" ".join(f"{x:.2f} {A4[1] - y:.2f}" for x, y in bend) + " c" for bend in bends)
        self._drawn.append((" ".join(parts) + " S").encode())

    def content(self) -> bytes:
        return b"\n".join(self._drawn)


def bound(title: str, pages: list[Page]) -> bytes:
    """The PDF file."""
    kids = " ".join(f"{6 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Title " + _literal(title) + b" /Producer (Volet) >>",
    ]
    for place, page in enumerate(pages):
        content = page.content()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Contents {7 + 2 * place} 0 R "
            "/Resources << /Font << /R 3 0 R /B 4 0 R >> >> >>".encode()
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for offset in offsets:
        out += f"{offset:010d} 00000 n \n".encode()
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
