"""A baseline JPEG encoder for grey bitmaps (ITU T.81), with the Huffman tables of its annex K."""

import math
import struct
from functools import cache
from typing import Final

from portal.demo.papers.raster import Bitmap

_DC_COUNTS: Final = bytes.fromhex("00010501010101010100000000000000")
_DC_VALUES: Final = bytes(range(12))
_AC_COUNTS: Final = bytes.fromhex("0002010303020403050504040000017D")
_AC_VALUES: Final = bytes.fromhex(
    "01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738"
    "393A434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5"
    "A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FA"
)
_ZIGZAG: Final = sorted(range(64), key=lambda at: (at // 8 + at % 8, at // 8 if (at // 8 + at % 8) % 2 else at % 8))
_STEPS: Final = tuple(6 + 2 * (at // 8 + at % 8) for at in range(64))
"""Quantisation in row order: finer than need be, so that small letters stay legible."""


@cache
def _codes(counts: bytes, values: bytes) -> dict[int, tuple[int, int]]:
    """(code, bits) for each value."""
    codes: dict[int, tuple[int, int]] = {}
    code, place = 0, 0
    for bits, count in enumerate(counts, 1):
        for value in values[place : place + count]:
            codes[value] = (code, bits)
            code += 1
        place += count
        code <<= 1
    return codes


@cache
def _cosines() -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple((math.sqrt(0.125) if u == 0 else 0.5) * math.cos((2 * x + 1) * u * math.pi / 16) for x in range(8))
        for u in range(8)
    )


def _transformed(block: list[int]) -> list[int]:
    """Quantised coefficients of 64 samples, in zigzag order."""
    cosines = _cosines()
    rows = [[sum(c * block[8 * y + x] for x, c in enumerate(wave)) for wave in cosines] for y in range(8)]
    out = [0] * 64
    for u in range(8):
        column = [row[u] for row in rows]
        for v, wave in enumerate(cosines):
            at = 8 * v + u
            out[at] = round(sum(c * s for c, s in zip(wave, column, strict=True)) / _STEPS[at])
    return [out[at] for at in _ZIGZAG]


class _Bits:
    """Bits to bytes; a byte of ones is followed by a zero byte (T.81, F.1.2.3)."""

    def __init__(self) -> None:
        self.out = bytearray()
        self._held = 0
        self._many = 0

    def put(self, value: int, bits: int) -> None:
        self._held = (self._held << bits) | value
        self._many += bits
        while self._many >= 8:
            self._many -= 8
            byte = self._held >> self._many & 0xFF
            self.out.append(byte)
            if byte == 0xFF:
                self.out.append(0)
        self._held &= (1 << self._many) - 1

    def number(self, table: dict[int, tuple[int, int]], zeros: int, value: int) -> None:
        bits = abs(value).bit_length()
        self.put(*table[zeros << 4 | bits])
        if bits:
            self.put(value if value > 0 else value + (1 << bits) - 1, bits)

    def ended(self) -> bytes:
        if self._many:
            self.put((1 << (8 - self._many)) - 1, 8 - self._many)
        return bytes(self.out)


def _scan(bitmap: Bitmap) -> bytes:
    bits = _Bits()
    dc, ac = _codes(_DC_COUNTS, _DC_VALUES), _codes(_AC_COUNTS, _AC_VALUES)
    before = 0
    for top in range(0, bitmap.high, 8):
        for left in range(0, bitmap.wide, 8):
            coefficients = _block(bitmap, left, top)
            bits.number(dc, 0, coefficients[0] - before)
            before = coefficients[0]
            zeros = 0
            last = max((at for at in range(1, 64) if coefficients[at]), default=0)
            for value in coefficients[1 : last + 1]:
                if value == 0:
                    zeros += 1
                    continue
                while zeros > 15:
                    bits.put(*ac[0xF0])
                    zeros -= 16
                bits.number(ac, zeros, value)
                zeros = 0
            if last < 63:
                bits.put(*ac[0])
    return bits.ended()


def _block(bitmap: Bitmap, left: int, top: int) -> list[int]:
    samples = b"".join(
        bitmap.pixels[(top + row) * bitmap.wide + left : (top + row) * bitmap.wide + left + 8] for row in range(8)
    )
    if samples.count(samples[0]) == 64:
        return [round((samples[0] - 128) * 8 / _STEPS[0])] + [0] * 63
    return _transformed([sample - 128 for sample in samples])


def encoded(bitmap: Bitmap) -> bytes:
    """The JPEG file. Both sides of the bitmap must be multiples of 8 pixels."""
    if bitmap.wide % 8 or bitmap.high % 8:
        raise ValueError("the sides of a JPEG made here are multiples of 8")
    return b"".join(
        (
            b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00\x60\x00\x60\x00\x00",
            b"\xff\xdb\x00\x43\x00" + bytes(_STEPS[at] for at in _ZIGZAG),
            b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", bitmap.high, bitmap.wide) + b"\x01\x01\x11\x00",
            b"\xff\xc4\x00\x1f\x00" + _DC_COUNTS + _DC_VALUES,
            b"\xff\xc4\x00\xb5\x10" + _AC_COUNTS + _AC_VALUES,
            b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00",
            _scan(bitmap),
            b"\xff\xd9",
        )
    )
