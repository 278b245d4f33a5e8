"""What the parts of the review are given: all that is known of the files that are open, frozen.

A part is a QWidget of its own, made once with what it needs (`Desk`, `Doing`); it knows no other part. Each new state
of the review is handed to it whole by `tell(reviewed)` (QWidget has a `show` of its own already); before the first
file, and once the last is gone, there is none. It never changes what it was given: it asks the page, by `Doing`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from desktop.services.review.anomalies import Anomaly, Known
    from desktop.services.review.archive import Correction, Decision, History, State
    from desktop.services.review.regularising import Regularisation
    from desktop.services.review.searching import Sheet
    from desktop.services.review.totals import Totals
    from desktop.services.review.whole import Apart, ControlTotal, FileKind, Rejected


PORTAL: Final = "portal"
"""In the place of the sum of a file: the payments that the portal has shown, as `services.review.payments` names
them."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """One file that was read, without its lines: these are in the sheet, with its number (its place in
    `Reviewed.files`) in the column `file`. `height` is how many lines it has there, `lines` how many the file itself
    has; `columns` are heading and column of ours. `rejected` are those that nobody has corrected, `mended` those that
    somebody has, `corrections` all that was ever told by hand, in its order. `kept` tells whether it is there again at
    the next start; `at` is when the portal was last asked, of its payments (`portal`), which are in no file."""

    sha256: str
    name: str
    kind: "FileKind"
    height: int
    lines: int
    rejected: "tuple[Rejected, ...]"
    controls: "tuple[ControlTotal, ...]"
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    apart: "tuple[tuple[Apart, int], ...]"
    corrections: "tuple[Correction, ...]" = ()
    kept: bool = False
    at: datetime | None = None
    mended: "tuple[Rejected, ...]" = ()

    @property
    def portal(self) -> bool:
        """These are the payments that the portal has shown."""
        return self.sha256 == PORTAL

    @property
    def in_force(self) -> "tuple[Correction, ...]":
        """What was told by hand last of each of its lines, and not withdrawn."""
        last = {each.line: each for each in self.corrections}
        return tuple(each for each in last.values() if not each.withdrawn)

    @property
    def by_hand(self) -> int:
        """How many of its lines were told by hand."""
        return len(self.in_force)

    @property
    def failed(self) -> "tuple[ControlTotal, ...]":
        """The sums that the file states and its lines do not come to."""
        return tuple(control for control in self.controls if not control.holds)

    @property
    def whole(self) -> bool:
        """Read whole, and all it says of itself comes out."""
        return not self.rejected and not self.failed


_HALVES: Final = MappingProxyType(
    {
        "surname": "Nom",
        "first_name": "Prénom",
        "nir_key": "Clé du NIR",
        "period": "Période (du … au …)",
        "amount": "Montant (brut ou net)",
    }
)


def meaning(name: str) -> str:
    """What one of `headings.MEANINGS` is called."""
    from desktop.services.review.searching import title

    return _HALVES.get(name) or title(name)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """All lines are in `sheet` (columns of `line.COLUMNS`, the files' own, `file`, `person_key`, `leave`); the `rows`
    of anomalies and regularisations are its rows, and their `files` places in `files`. The sheet is for one thread at a
    time: it is asked on the reader's (`Desk.later`), and there alone.

    `keys` names each anomaly, then each regularisation (`findings` is both, in this order) as long as it is the same;
    `decisions` are those in force, by these names. `history` tells of each line every file that holds it (`places`);
    its own frame is empty, the lines are in the sheet. `expected` tells until when a leave (its number in the sheet) is
    to last, as declared or as its file says; `known` is what the lines were compared with.

    Of many lines there is at first one that is not `judged` yet: its lines and their sums are there, and nothing else
    is known of them. The one that is has the very same sheet."""

    files: tuple[OpenFile, ...]
    sheet: "Sheet"
    totals: "Totals"
    anomalies: "tuple[Anomaly, ...]"
    regularisations: "tuple[Regularisation, ...]"
    keys: tuple[str, ...]
    decisions: "Mapping[str, Decision]"
    history: "History"
    expected: "Mapping[int, date]" = field(default_factory=dict)
    known: "Known | None" = None
    judged: bool = True

    @property
    def complete(self) -> bool:
        """Judged, and of a file: it stays until another is judged as well."""
        return self.judged and any(not file.portal for file in self.files)

    @property
    def findings(self) -> "tuple[Anomaly | Regularisation, ...]":
        return (*self.anomalies, *self.regularisations)


class Part(Protocol):
    """What the page asks of each part of the review. A part may also have `focus_search()` (Ctrl+F goes to it),
    `print_current()` (Ctrl+P), `panes()` (F6), `show_rows(rows)` (« Voir les lignes » of another part) and
    `expect(coming=…)` (another review is being made, or no more)."""

    def tell(self, reviewed: Reviewed | None) -> None:
        """The whole review as it is now; None when no file is open. Called on the GUI thread: what takes long is asked
        of `Desk.later`. After a decision only `decisions` differs: the sheet is the very same. So it is once what was
        not `judged` is."""

    def reveal(self, *, revealed: bool) -> None:
        """Whether NIRs are shown whole; they are not until this says so."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a part asks of the page. `open_rows` shows these rows of the sheet in the table of lines; `open_file` the
    file of this number, at this line of it when it is one that was rejected; `decide` says of findings, by their
    `Reviewed.keys`, what is thought of them and why (None takes it back): the page tells all parts again once it is
    kept. `unread` are the files that could not be read, each with the sentence that says why."""

    open_rows: Callable[[Iterable[int]], None]
    open_file: Callable[[int, int | None], None]
    decide: "Callable[[Sequence[str], State | None, str], None]"
    unread: Callable[[], tuple[tuple[str, str], ...]] = tuple
