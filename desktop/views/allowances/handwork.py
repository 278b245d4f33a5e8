"""Findings about lines that were typed by hand: the correction is to be looked at before anybody is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from desktop.views import wording
from desktop.views.allowances.reviewed import OpenFile
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from desktop.services.review.anomalies import Anomaly
    from desktop.services.review.archive import Correction

_INFORMED: Final = frozenset({"day-60", "year-end"})
"""These ask for nothing that a correction would change."""
_SAID: Final = 2


def checked_first(findings: "Sequence[Anomaly]", files: Sequence[OpenFile]) -> "tuple[Anomaly, ...]":
    """The same, but where a line of one was told by hand, that is to be looked at before anybody is asked."""
    if not any(file.by_hand for file in files):
        return tuple(findings)
    return tuple(_checked_first(one, files) for one in findings)


def _checked_first(one: "Anomaly", files: Sequence[OpenFile]) -> "Anomaly":
    typed = [] if one.kind.value in _INFORMED else list(_typed(one, files))
    if not typed:
        return one
    said = " ".join(_typed_said(correction, alone=one.lines == (correction.line,)) for correction in typed[:_SAID])
    first = f"{said} Si elle est juste{NBSP}: " if len(typed) == 1 else f"{said} Si elles sont justes{NBSP}: "
    return replace(one, next_step=f"{first}{one.next_step[:1].lower()}{one.next_step[1:]}")


def _typed(one: "Anomaly", files: Sequence[OpenFile]) -> "Iterator[Correction]":
    """The corrections in force of its lines; of a sum that does not come out, of the lines that it covers."""
    for file, line in zip(one.files, one.lines, strict=True):
        covers = [(line, line)]
        if not one.rows:
            failed = [control for control in files[file].failed if control.line == line]
            covers = [control.covers or (0, files[file].lines) for control in failed]
        for each in files[file].in_force:
            if any(first <= each.line <= last for first, last in covers):
                yield each


def _typed_said(correction: "Correction", *, alone: bool) -> str:
    what = "Cette ligne" if alone else f"La ligne {wording.number(correction.line)}"
    by = f" par {correction.by}" if correction.by else ""
    when = wording.long_day(correction.at)
    return f"{what} a été corrigée à la main le {when}{by}{NBSP}: vérifiez d’abord la correction."
