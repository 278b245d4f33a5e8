"""Pages as a scanner or a telephone sees them: a grey bitmap, a small bitmap font, and PNG.

The font is the usual five by seven one: five columns a character, the lowest bit on top.
"""

import struct
import unicodedata
import zlib
from random import Random
from typing import Final

_GLYPHS: Final = (
    "0000000000 00005F0000 0007000700 147F147F14 242A7F2A12 2313086462 3649562050 0008070300 001C224100 0041221C00 "
    "2A1C7F1C2A 08083E0808 0080703000 0808080808 0000606000 2010080402 3E5149453E 00427F4000 7249494946 2141494D33 "
    "1814127F10 2745454539 3C4A494931 4121110907 3649494936 464949291E 0000140000 0040340000 0008142241 1414141414 "
    "0041221408 0201590906 3E415D594E 7C1211127C 7F49494936 3E41414122 7F4141413E 7F49494941 7F09090901 3E41415173 "
    "7F0808087F 00417F4100 2040413F01 7F08142241 7F40404040 7F021C027F 7F0408107F 3E4141413E 7F09090906 3E4151215E "
    "7F09192946 2649494932 03017F0103 3F4040403F 1F2040201F 3F4038403F 6314081463 0304780403 6159494D43 007F414141 "
    "0204081020 004141417F 0402010204 4040404040 0003070800 2054547840 7F28444438 3844444428 384444287F 3854545418 "
    "00087E0902 18A4A49C78 7F08040478 00447D4000 2040403D00 7F10284400 00417F4000 7C04780478 7C08040478 3844444438 "
    "FC18242418 18242418FC 7C08040408 4854545424 04043F4424 3C4040207C 1C2040201C 3C4030403C 4428102844 4C9090907C "
    "4464544C44 0008364100 0000770000 0041360800 0201020402"
)
_FONT: Final = tuple(bytes.fromhex(glyph) for glyph in _GLYPHS.split())
_ACCENTS: Final = {
    "\u0301": (0, 0, 2, 1, 0),
    "\u0300": (0, 1, 2, 0, 0),
    "\u0302": (0, 2, 1, 2, 0),
    "\u0308": (0, 1, 0, 1, 0),
    "\u0327": (0, 0, 0x80, 0, 0),
}
_PLAIN: Final = str.maketrans("’\u00a0\u202f«»–—…€", '\'  ""--.E')

PAPER: Final = 246
INK: Final = 46


def _columns(char: str) -> bytes:
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[0], parts[1:]
    glyph = _FONT[ord(base) - 32] if " " <= base <= "~" else _FONT[ord("?") - 32]
    if marks and base.islower():
        return bytes(column | accent for column, accent in zip(glyph, _ACCENTS.get(marks[0], bytes(5)), strict=True))
    return glyph


class Bitmap:
    """Eight bits a pixel, row after row. With a palette they are its indexes, else greys (0 black, 255 white)."""

    __slots__ = ("high", "pixels", "wide")

    def __init__(self, wide: int, high: int, value: int = PAPER) -> None:
        self.wide = wide
        self.high = high
        self.pixels = bytearray([value]) * (wide * high)

    def fill(self, x: int, y: int, wide: int, high: int, value: int = INK) -> None:
        """A rectangle, clipped to the bitmap."""
        left, right = max(0, x), min(self.wide, x + wide)
        if left >= right:
            return
        run = bytes([value]) * (right - left)
        for row in range(max(0, y), min(self.high, y + high)):
            self.pixels[row * self.wide + left : row * self.wide + right] = run

    def frame(self, x: int, y: int, wide: int, high: int, value: int = INK, thick: int = 1) -> None:
        self.fill(x, y, wide, thick, value)
        self.fill(x, y + high - thick, wide, thick, value)
        self.fill(x, y, thick, high, value)
        self.fill(x + wide - thick, y, thick, high, value)

    def text(self, x: int, y: int, text: str, scale: int = 2, value: int = INK) -> None:
        """Text with its top left corner at (x, y); a character takes six `scale` pixels."""
        for place, char in enumerate(text.translate(_PLAIN)):
            for column, bits in enumerate(_columns(char)):
                for row in range(8):
                    if bits >> row & 1:
                        self.fill(x + (place * 6 + column) * scale, y + row * scale, scale, scale, value)

    def tilted(self, lean: float) -> None:
        """Shifts the rows sideways, as a page laid askew on the glass: `lean` pixels over the whole height."""
        for row in range(self.high):
            shift = round(lean * row / self.high)
            start = row * self.wide
            if shift:
                line = self.pixels[start : start + self.wide]
                self.pixels[start : start + self.wide] = line[-shift:] + line[:-shift]

    def specked(self, dice: Random, many: int) -> None:
        """Dust on the glass."""
        for _ in range(many):
            self.pixels[dice.randrange(len(self.pixels))] = dice.randrange(150, 225)

    def png(self, palette: tuple[tuple[int, int, int], ...] = ()) -> bytes:
        rows = b"".join(
            b"\x00" + self.pixels[start : start + self.wide] for start in range(0, len(self.pixels), self.wide)
        )
        header = struct.pack(">IIBBBBB", self.wide, self.high, 8, 3 if palette else 0, 0, 0, 0)
        colours = _chunk(b"PLTE", bytes(part for colour in palette for part in colour)) if palette else b""
        return (
            b"\x89PNG\r\n\x1a\n"
            + _chunk(b"IHDR", header)
            + colours
            + _chunk(b"IDAT", zlib.compress(rows, 6))
            + _chunk(b"IEND", b"")
        )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
