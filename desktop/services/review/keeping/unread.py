"""A file that could not be read, as it lies in the folder: why, what it waits for, and its bytes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from desktop.services.problems import Remedy, StoreFault
from desktop.services.review.keeping.kept import newer
from desktop.services.review.whole import Unreadable, Unrecognised

WORDS, ORIGINAL = range(2)
"""The sections of its sealed file: `Unread`, and the bytes as they came, or none."""
MOST_BYTES: Final = 10 * 1024 * 1024
"""Of a file that is of no use here: of a larger one nothing but its name, its sum and the reason are kept."""

_LOST: Final = "Fichier dont le nom est perdu"


@dataclass(frozen=True, slots=True)
class Unread:
    """`sha256` is that of its bytes, or stands for its place where it had none that could be had, or for its sealed
    file where that is damaged. `untaught`: it is a
    table whose columns must be told first, with `headings`, `sample` and `missing` as `Unrecognised` has them. `whole`
    says whether its bytes are kept. `since` is in UTC; `by` is the name of who imported it."""

    sha256: str
    name: str
    since: datetime
    by: str
    sentence: str
    remedy: Remedy
    detail: str
    whole: bool
    untaught: bool = False
    headings: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def problem(self) -> Unreadable:
        """Why it could not be read, as its reader said it."""
        if self.untaught:
            return Unrecognised(
                self.sentence, self.remedy, self.detail, self.sha256, self.headings, self.sample, self.missing
            )
        return Unreadable(self.sentence, self.remedy, self.detail, self.sha256)


def told(name: str, place: str, data: bytes, why: Unreadable, by: str, at: datetime) -> Unread:
    """What is known of a file that could not be read; of no bytes, two places are two files."""
    table = why if isinstance(why, Unrecognised) else Unrecognised("")
    untaught = isinstance(why, Unrecognised)
    return Unread(
        sha256=hashlib.sha256(data or f"\0{place or name}".encode(errors="surrogatepass")).hexdigest(),
        name=name,
        since=at,
        by=by,
        sentence=why.sentence,
        remedy=why.remedy,
        detail=why.detail,
        whole=bool(data) and (untaught or len(data) <= MOST_BYTES),
        untaught=untaught,
        headings=table.headings,
        sample=table.sample,
        missing=table.missing,
    )


def lost(name: str, fault: StoreFault, at: datetime) -> Unread:
    """One of which not even the name can be read any more; `name` is that of its sealed file, which stands for it."""
    return Unread(name, _LOST, at, "", fault.sentence, fault.remedy, fault.detail, whole=False)


def words(unread: Unread) -> bytes:
    return msgspec.json.encode(unread)


def understood(content: bytes) -> Unread:
    """The reverse of `words`. Raises `StoreFault`."""
    try:
        return msgspec.json.decode(content, type=Unread)
    except msgspec.MsgspecError as error:
        raise newer() from error
