"""The strips under the top bar: a sentence about the link with the portal, or about what went wrong."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.services.portfolio import Lost
from desktop.services.problems import Problem, Remedy
from desktop.services.sync import Link, LinkState
from desktop.views import wording
from desktop.views.fields.shapes import Banner, announce
from desktop.views.icons import Icons
from desktop.views.wording import NBSP, NNBSP

_SEEN_MS: Final = 600
"""For so long a new try is seen to be made, however soon it has failed."""
_SHOWN: Final = 2
"""Spaces that are named; of more it is said how many."""
_ROOM_MS: Final = 5000
"""A full disk is looked at this often: whoever frees space does so elsewhere."""

Said = tuple[str, str, Callable[[], object] | None]


@dataclass(frozen=True, slots=True)
class StripDoes:
    """What the buttons do. `retry` looks at the portal now, `sign_in` asks the person in place, `keep` tries again what
    could not be kept, `meet` gives the whole window to a problem that only a rebuilding can mend."""

    retry: Callable[[], object]
    sign_in: Callable[[], object]
    keep: Callable[[], object]
    meet: Callable[[Problem], object]


class Strips(QWidget):
    """Off line is one strip and never a dialog; the button is that of the problem's remedy.

    `link` and `fault` say how it stands with the portal, and go when that is mended. `problem` says what went wrong
    here (the disk is full), and stays until the person has done something about it: that the portal is there proves
    nothing. That the disk is full is over once what is typed can be kept again."""

    def __init__(self, icons: Icons, does: StripDoes, clipboard: QClipboard) -> None:
        super().__init__()
        self._does, self._clipboard = does, clipboard
        self._link: Link | None = None
        self._asking = False
        self._tried: Problem | None = None
        self._still = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_SEEN_MS)
        self._pause.timeout.connect(self._show)
        self._room = QTimer(self)
        self._room.setInterval(_ROOM_MS)
        self._room.timeout.connect(self._look_for_room)
        self.link = Banner(icons, "warning", "wifi-off")
        self.fault = Banner(icons, "error", "triangle-alert")
        self.problem = Banner(icons, "error", "triangle-alert")
        self.lost = Banner(icons, "warning", "lock")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for strip in (self.link, self.fault, self.problem, self.lost):
            column.addWidget(strip)

    def show_link(self, link: Link, *, asking: bool) -> None:
        """`asking`: the sign-in page is there already and needs no strip to lead to it."""
        self._link, self._asking = link, asking
        self._show()

    def _show(self) -> None:
        link = self._link
        if link is None or self._trying(link):
            return
        self._still = self._still and link.state in (LinkState.OFFLINE, LinkState.WORKING)
        sentence, remedy, does = self._said(link, self._asking)
        if sentence and link.state is LinkState.FAULTY:
            self.link.hide()
            self.fault.tell(sentence, remedy, does)
        elif sentence:
            self.fault.hide()
            self.link.tell(sentence, remedy, does, "wifi-off" if link.state is LinkState.OFFLINE else "lock")
        elif link.state is not LinkState.WORKING:
            if link.state is LinkState.ONLINE and self.link.sentence:
                announce(self, "De nouveau en ligne.")
            self.link.hide()
            self.fault.hide()
        self._say_once()

    def _trying(self, link: Link) -> bool:
        """Whether the try that she asked for is still seen, or has not come to its end: a failure is a problem of its
        own each time. Notes how it ended."""
        if self._tried is None:
            return False
        if self._pause.isActive() or link.problem is self._tried:
            return True
        self._tried = None
        self._still = link.state is LinkState.OFFLINE
        return False

    def _say_once(self) -> None:
        """A full disk stops the synchronisation too: one strip says so."""
        if self.fault.sentence == self.problem.sentence:
            self.fault.hide()

    def tell_lost(self, lost: Sequence[Lost], labels: Mapping[str, str], heard: Callable[[], object]) -> None:
        """Which rights were withdrawn while one worked; `heard` is called once the person has read it."""
        if lost:
            self.lost.tell(lost_said(lost, labels), "J\u2019ai compris", heard)
        else:
            self.lost.hide()

    def tell_problem(self, problem: Problem) -> None:
        """Above the page, which stays as it is."""
        self.problem.tell(problem.sentence, *self._button(problem, self.problem))
        if problem.remedy is Remedy.FREE_SPACE:
            self._room.start()
        else:
            self._room.stop()
        self._say_once()

    def tell_kept(self) -> None:
        """What was typed has been written to the disk: it is not full."""
        if not self._room.isActive():
            return
        self._room.stop()
        if self.problem.sentence:
            self.problem.hide()
            announce(self, "Ce que vous saisissez est de nouveau gardé.")
            self._does.retry()

    def _look_for_room(self) -> None:
        """Without a word while there is none."""
        with suppress(Problem):
            self._does.keep()

    def look_now(self) -> None:
        """F5: the same as « Réessayer » where that is offered."""
        if self._link is not None and self._link.state is LinkState.OFFLINE:
            self._try_link()
        else:
            self._does.retry()

    def _button(self, problem: Problem, strip: Banner) -> tuple[str, Callable[[], object]]:
        """The words of the one remedy, and what it does."""
        match problem.remedy:
            case Remedy.SIGN_IN:
                return problem.remedy.value, partial(self._sign_in, strip)
            case Remedy.REBUILD:
                return problem.remedy.value, partial(self._does.meet, problem)
            case Remedy.ASK_SUPPORT:
                return "Copier le détail", partial(self._copy, problem, strip)
            case _:
                free = problem.remedy in (Remedy.FREE_SPACE, Remedy.UNLOCK)
                words = (problem.remedy if free else Remedy.RETRY).value
                return words, partial(self._try_again, strip, words)

    def _try_again(self, strip: Banner, words: str) -> None:
        if strip is self.fault:
            self._begin(strip, words)
        else:
            strip.hide()
        self._does.keep()
        self._does.retry()

    def _try_link(self) -> None:
        self._begin(self.link, Remedy.RETRY.value)
        self._does.retry()

    def _begin(self, strip: Banner, words: str) -> None:
        """From now on a new try is seen to be made. The button stays, and with it the focus and the height."""
        self._tried = self._link.problem if self._link is not None else None
        if self._tried is not None:
            self._pause.start()
            strip.tell("Nouvel essai…", words, self._does.retry)

    def _sign_in(self, strip: Banner) -> None:
        strip.hide()
        self._does.sign_in()

    def _copy(self, problem: Problem, strip: Banner) -> None:
        """There is nothing to press that helps: the support is told what happened."""
        self._clipboard.setText(f"{problem.sentence}\n{problem.detail}".strip())
        strip.tell(f"{problem.sentence} Le détail est copié.", "Fermer", strip.hide)

    def _said(self, link: Link, asking: bool) -> Said:
        if link.state is LinkState.OFFLINE:
            what = "Toujours pas de connexion" if self._still else "Hors connexion"
            when = f"affichage des données du {wording.moment_said(link.last)}." if link.last else _NOTHING_YET
            return f"{what} – {when}", Remedy.RETRY.value, self._try_link
        if link.state is LinkState.SIGN_IN_NEEDED and not asking:
            return _OVER, Remedy.SIGN_IN.value, self._does.sign_in
        if link.state is LinkState.FAULTY and link.problem is not None:
            return link.problem.sentence, *self._button(link.problem, self.fault)
        return "", "", None


def lost_said(lost: Sequence[Lost], labels: Mapping[str, str]) -> str:
    """« Droits retirés, ou arrivés à leur terme : Société X · adhérent n° 1 (Arrêts de travail)… »."""
    said = []
    for one in lost[:_SHOWN]:
        rights = ", ".join(labels.get(right, right) for right in one.rights)
        place = wording.place(one.member_number, "", one.company)
        said.append(f"{place} ({'plus aucun accès' if one.whole else rights})")
    if len(lost) > _SHOWN:
        said.append(f"et {wording.count(len(lost) - _SHOWN, 'autre espace', 'autres espaces')}")
    names = sorted({one.administrator for one in lost if one.administrator})
    whom = ", ".join(names[:2]) or "votre administrateur"
    told = f"{NNBSP}; ".join(said)
    return (
        f"Droits retirés, ou arrivés à leur terme{NBSP}: {told}. Vos brouillons et vos envois en attente sont gardés. "
        f"Adressez-vous à {whom}."
    )


_NOTHING_YET = "rien n\u2019a encore été reçu du portail."
_OVER = "Votre session a expiré. Vos envois partiront dès que votre session sera rouverte."
