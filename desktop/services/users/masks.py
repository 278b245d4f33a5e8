"""Rights as bits: what a person holds in each space is one byte, and all of it a string of bytes by place. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from contract.portfolio import Right

RIGHTS: Final = (
    Right.CONTACT,
    Right.AFFILIATION,
    Right.LEAVE,
    Right.ALLOWANCES,
    Right.CONTRIBUTIONS,
    Right.DOCUMENTS,
    Right.USERS,
    Right.MAIN_ADMINISTRATOR,
)
"""The right of each bit. The store keeps them so: the order is never to be changed."""
BIT: Final[dict[str, int]] = {right.value: place for place, right in enumerate(RIGHTS)}
MAIN: Final = BIT[Right.MAIN_ADMINISTRATOR]
ADMINISTERS: Final = 1 << BIT[Right.USERS] | 1 << MAIN
"""Who has one of these in a space manages its users."""


def mask(rights: Iterable[str]) -> int:
    """Codes that are not known here are left out."""
    found = 0
    for right in rights:
        place = BIT.get(right)
        if place is not None:
            found |= 1 << place
    return found


def rights(of: int) -> tuple[str, ...]:
    """The codes, in their order."""
    return tuple(right.value for place, right in enumerate(RIGHTS) if of >> place & 1)


def bits(of: int) -> Iterator[int]:
    return (place for place in range(len(RIGHTS)) if of >> place & 1)


def at(masks: bytes | bytearray, place: int) -> int:
    """What is held there: masks that were kept before a place was given are shorter."""
    return masks[place] if place < len(masks) else 0


def put(masks: bytearray, place: int, held: int) -> None:
    if place >= len(masks):
        masks.extend(bytes(place + 1 - len(masks)))
    masks[place] = held


def anywhere(masks: bytes) -> int:
    """What is held somewhere."""
    found = 0
    for held in set(masks):
        found |= held
    return found


def held_places(masks: bytes) -> list[int]:
    """Where something is held."""
    return [place for place, held in enumerate(masks) if held]
