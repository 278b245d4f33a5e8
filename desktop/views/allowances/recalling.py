"""What the review of long files came to, kept for the next start and had again then. On the loader's thread."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.services.problems import StoreFault
from desktop.views.allowances import glimpse
from desktop.views.allowances.hands import Read, Shelf, told, with_decisions
from desktop.views.allowances.reviewed import Reviewed

if TYPE_CHECKING:
    from desktop.services.review.anomalies import Known
    from desktop.services.review.keeping import Kept
    from desktop.services.review.recalling import Made

_log = logging.getLogger(__name__)


def remember(shelf: Shelf, reads: Sequence[Read], reviewed: Reviewed) -> None:
    """Keeps what the review of long files came to, so that it is there at the next start without reading a line. Where
    that fails they are read again."""
    from desktop.services.review import recalling

    if shelf.fault is not None or reviewed.sheet.height < glimpse.MANY or not all(read.shelved for read in reads):
        return
    if reviewed.known is None:
        return
    found = recalling.Recalled(
        sheet=reviewed.sheet,
        totals=reviewed.totals,
        anomalies=reviewed.anomalies,
        regularisations=reviewed.regularisations,
        keys=reviewed.keys,
        history=reviewed.history,
        expected=reviewed.expected,
        known=reviewed.known,
    )
    try:
        recalling.keep(shelf.keeping, _made(shelf, reads), found)
    except StoreFault as fault:
        _log.warning("a review was not kept: %s", fault.detail)


def recalled(shelf: Shelf, payments: Sequence[Read]) -> tuple[tuple[Read, ...], Reviewed] | None:
    """What `remember` kept of all files that are on the shelf and of these payments, if none of it is other by now: the
    files, in the order of the shelf, and their review."""
    from desktop.services.review import recalling

    made = recalling.stands(shelf.keeping) if shelf.fault is None else None
    if made is None:
        return None
    try:
        reads = tuple(_without_lines(shelf, kept) for kept in shelf.keeping.files())
    except StoreFault:
        return None  # which file is damaged, reading each will tell
    every = (*payments, *reads)
    found = recalling.recall(shelf.keeping) if made == _made(shelf, every) else None
    of = {each.file.sha256: each.file for each in every}
    if found is None or {source.source for source in found.history.sources} != set(of):
        return None
    reviewed = Reviewed(
        files=tuple(of[source.source] for source in found.history.sources),
        sheet=found.sheet,
        totals=found.totals,
        anomalies=found.anomalies,
        regularisations=found.regularisations,
        keys=found.keys,
        decisions={},
        history=found.history,
        expected=found.expected,
        known=found.known,
    )
    return reads, with_decisions(shelf, reviewed)


def _without_lines(shelf: Shelf, kept: "Kept") -> Read:
    return Read(told(shelf, shelf.keeping.told(kept.sha256), kept=True, height=kept.lines), None)


def _made(shelf: Shelf, reads: Sequence[Read]) -> "Made":
    from desktop.services.review.recalling import made_of

    files = [read.file.sha256 for read in reads if not read.file.portal]
    return made_of(shelf.archive, files, "".join(read.mark for read in reads))


def compares(reviewed: Reviewed, known: "Known") -> bool:
    """Whether this is what the review compares the lines with. Which day it is counts where leaves are to go on."""
    then = reviewed.known
    if then is None:
        return False
    return known == then or (not reviewed.expected and replace(known, today=then.today) == then)
