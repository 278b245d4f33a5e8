"""Chance that repeats: everything in the seeded world is drawn from here."""

import hashlib
from collections.abc import Sequence
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Dice(Random):
    """A generator of its own for each part of the world, so that one part can change without moving the others."""

    def __init__(self, *where: object) -> None:
        super().__init__("/".join(map(str, where)))

    def chance(self, share: float) -> bool:
        """True in `share` of the cases (0 to 1)."""
        return self.random() < share

    def weighted(self, *options: tuple[T, float]) -> T:
        """One of the options; the second member is its weight."""
        return self.choices([option for option, _ in options], [weight for _, weight in options])[0]


class Deck(Generic[T]):
    """Cards dealt one after the other and shuffled anew when all are out, so that neighbours never repeat."""

    __slots__ = ("_cards", "_dice", "_last", "_left")

    def __init__(self, cards: Sequence[T], dice: Random) -> None:
        self._cards = tuple(cards)
        self._dice = dice
        self._left: list[int] = []
        self._last = -1

    def deal(self) -> T:
        if not self._left:
            self._left = self._dice.sample(range(len(self._cards)), len(self._cards))
            if self._left[-1] == self._last:
                self._left.reverse()
        self._last = self._left.pop()
        return self._cards[self._last]


class Ids:
    """Identifiers that depend on the seed, a kind of thing and its rank only: UUIDs of version 8 (RFC 9562, section
    5.8) that sort by rank, so that a hundred thousand of them are written to an index in its own order."""

    __slots__ = ("_rank", "_seed")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._rank: dict[str, int] = {}

    def new(self, kind: str) -> str:
        rank = self._rank[kind] = self._rank.get(kind, 0) + 1
        tail = hashlib.blake2b(f"{self._seed}/{kind}/{rank}".encode(), digest_size=10).digest()
        value = int.from_bytes(rank.to_bytes(6, "big") + tail, "big")
        text = f"{value & ~(0xF000 << 64) & ~(0xC000 << 48) | (0x8000 << 64) | (0x8000 << 48):032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
