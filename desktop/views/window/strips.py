"""The strips under the top bar: a sentence about the link with the portal, or about what went wrong."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.services.problems import Problem
from desktop.services.sync import Link, LinkState
from desktop.views import wording
from desktop.views.fields.shapes import Banner
from desktop.views.icons import Icons

Said = tuple[str, str, Callable[[], object] | None]


class Strips(QWidget):
    """Off line is one strip and never a dialog. `retry` looks at the portal now, `sign_in` asks the person in place,
    `keep` tries again what could not be kept."""

    def __init__(
        self,
        icons: Icons,
        retry: Callable[[], object],
        sign_in: Callable[[], object],
        keep: Callable[[], object],
    ) -> None:
        super().__init__()
        self._retry, self._sign_in, self._keep = retry, sign_in, keep
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
        self.fault.tell(problem.sentence, "Réessayer", self._try_again)

    def _try_again(self) -> None:
        self.fault.hide()
        self._keep()
        self._retry()

    def _said(self, link: Link, asking: bool) -> Said:
        if link.state is LinkState.OFFLINE:
            when = f"affichage des données du {wording.moment_said(link.last)}." if link.last else _NOTHING_YET
            return f"Hors connexion – {when}", "Réessayer", self._retry
        if link.state is LinkState.SIGN_IN_NEEDED and not asking:
            return _OVER, "Se connecter", self._sign_in
        if link.state is LinkState.FAULTY and link.problem is not None:
            return link.problem.sentence, "Réessayer", self._retry
        return "", "", None


_NOTHING_YET = "rien n\u2019a encore été reçu du portail."
_OVER = "Votre session a expiré. Vos envois partiront dès que vous serez reconnecté."
