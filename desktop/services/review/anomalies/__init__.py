"""What a clerk should look at, and nothing else: each anomaly with its lines, its reason and its next step.

What a regularisation explains, a new month, the levies of one period or a line seen in two exports is no alarm.
"""

from collections.abc import Sequence

import polars as pl

from desktop.services.review.anomalies.anomaly import Anomaly, AnomalyKind, Known, KnownLeave
from desktop.services.review.anomalies.course import gaps, rate_changes
from desktop.services.review.anomalies.crossing import crossings
from desktop.services.review.anomalies.declared import expected_ends
from desktop.services.review.anomalies.money import arithmetic, orphans, recoveries, stated_totals
from desktop.services.review.anomalies.parties import prolongations, unknown_companies, wrong_payees
from desktop.services.review.anomalies.repeats import repeats
from desktop.services.review.anomalies.scene import Scene, scene
from desktop.services.review.regularising import Regularisation, explained
from desktop.services.review.whole import ControlTotal

__all__ = ["Anomaly", "AnomalyKind", "Known", "KnownLeave", "anomalies", "expected_ends", "findings"]


def anomalies(
    frame: pl.DataFrame,
    controls: Sequence[ControlTotal | tuple[int, ControlTotal]] = (),
    known: Known | None = None,
) -> tuple[Anomaly, ...]:
    """All anomalies of the lines, by file and line. `frame` has the columns of `line.COLUMNS`, of `leaves.leaves` if
    they were computed already, and `file` (u32) when it holds the lines of several files; `controls` are the sums that
    the files state, each with its file's number where there are several."""
    return _found(scene(frame), controls, known or Known())


def findings(
    frame: pl.DataFrame,
    controls: Sequence[ControlTotal | tuple[int, ControlTotal]] = (),
    known: Known | None = None,
    portal: int | None = None,
) -> tuple[tuple[Anomaly, ...], tuple[Regularisation, ...]]:
    """What `anomalies` and `regularisations` find, from one look at the lines. `portal` is the number of the file that
    stands for the payments that the portal has shown: no line of it is cited by its number."""
    look = scene(frame, portal)
    return _found(look, controls, known or Known()), explained(look.frame, look.clusters)


def _found(
    look: Scene, controls: Sequence[ControlTotal | tuple[int, ControlTotal]], beside: Known
) -> tuple[Anomaly, ...]:
    stated = [control if isinstance(control, tuple) else (0, control) for control in controls]
    found = [
        *stated_totals(stated),
        *repeats(look),
        *gaps(look),
        *orphans(look),
        *rate_changes(look),
        *arithmetic(look),
        *wrong_payees(look, beside),
        *recoveries(look),
        *crossings(look),
        *unknown_companies(look, beside),
        *prolongations(look, beside),
    ]
    return tuple(sorted(found, key=lambda one: (one.files[:1], one.lines[:1])))
