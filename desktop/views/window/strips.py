"""The strips under the top bar: a sentence about the link with the portal, or about what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.services.problems import Problem, Remedy
from desktop.services.sync import Link, LinkState
from desktop.views import wording
from desktop.views.fields.shapes import Banner
from desktop.views.icons import Icons

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
    """Off line is one strip and never a dialog; the button is that of the problem's remedy."""

    def __init__(self, icons: Icons, does: StripDoes, clipboard: QClipboard) -> None:
        super().__init__()
        self._does, self._clipboard = does, clipboard
        self._problem: Problem | None = None
        self.link = Banner(icons, "warning", "wifi-off")
        self.fault = Banner(icons, "error", "triangle-alert")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.link)
        column.addWidget(self.fault)

    def show_link(self, link: Link, *, asking: bool) -> None:
        """`asking`: the sign-in page is there already and needs no strip to lead to it."""
        sentence, remedy, does = self._said(link, asking)
        if sentence and link.state is LinkState.FAULTY:
            self.link.hide()
            self.fault.tell(sentence, remedy, does)
        elif sentence:
            self.fault.hide()
            self.link.tell(sentence, remedy, does, "wifi-off" if link.state is LinkState.OFFLINE else "lock")
        elif link.state is not LinkState.WORKING:
            self.link.hide()
            self.fault.hide()

    def tell_problem(self, problem: Problem) -> None:
        """Above the page, which stays as it is."""
        self.fault.tell(problem.sentence, *self._button(problem))

    def _button(self, problem: Problem) -> tuple[str, Callable[[], object]]:
        """The words of the one remedy, and what it does."""
        self._problem = problem
        match problem.remedy:
            case Remedy.SIGN_IN:
                return problem.remedy.value, self._does.sign_in
            case Remedy.REBUILD:
                return problem.remedy.value, self._give_over
            case Remedy.FREE_SPACE | Remedy.UNLOCK:
                return problem.remedy.value, self._try_again
            case Remedy.ASK_SUPPORT:
                return "Copier le détail", self._copy
            case _:
                return Remedy.RETRY.value, self._try_again

    def _try_again(self) -> None:
        self.fault.hide()
        self._does.keep()
        self._does.retry()

    def _give_over(self) -> None:
        if self._problem is not None:
            self._does.meet(self._problem)

    def _copy(self) -> None:
        """There is nothing to press that helps: the support is told what happened."""
        if self._problem is not None:
            self._clipboard.setText(f"{self._problem.sentence}\n{self._problem.detail}".strip())
            self.fault.tell(self._problem.sentence, "Détail copié", self._copy)

    def _said(self, link: Link, asking: bool) -> Said:
        if link.state is LinkState.OFFLINE:
            when = f"affichage des données du {wording.moment_said(link.last)}." if link.last else _NOTHING_YET
            return f"Hors connexion – {when}", Remedy.RETRY.value, self._does.retry
        if link.state is LinkState.SIGN_IN_NEEDED and not asking:
            return _OVER, Remedy.SIGN_IN.value, self._does.sign_in
        if link.state is LinkState.FAULTY and link.problem is not None:
            return link.problem.sentence, *self._button(link.problem)
        return "", "", None


_NOTHING_YET = "rien n\u2019a encore été reçu du portail."
_OVER = "Votre session a expiré. Vos envois partiront dès que vous serez reconnecté."
