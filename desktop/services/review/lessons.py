"""What people taught of the columns of their tables, kept in the register beside the files."""

from collections.abc import Mapping
from typing import Final

import msgspec

from desktop.services.review.keeping import Keeping
from desktop.services.review.reading.headings import Taught

TOPIC: Final = "columns"


class _Said(msgspec.Struct, frozen=True):
    fingerprint: str
    meanings: dict[str, str]


def lessons(keeping: Keeping) -> Mapping[str, Taught]:
    """All that was taught, under the fingerprint of the headings; what was taught last holds. Not on the GUI thread.
    Raises `StoreFault`."""
    said = (msgspec.json.decode(entry.body, type=_Said) for entry in keeping.entries(TOPIC))
    return {each.fingerprint: Taught(each.meanings) for each in said}


def learn(keeping: Keeping, fingerprint: str, lesson: Taught, *, by: str) -> None:
    """Keeps what was taught of the headings of this fingerprint. Not on the GUI thread. Raises `StoreFault`."""
    keeping.add(TOPIC, [msgspec.json.encode(_Said(fingerprint, dict(lesson.meanings)))], by=by)
