"""« Indemnités journalières »: the list, beside it one payment or the exports, above them what has just happened."""

from functools import partial
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.allowances import ExportRow, ExportStage
from desktop.views import wording
from desktop.views.bell import Follow
from desktop.views.fields.shapes import Banner
from desktop.views.payments.desk import Desk
from desktop.views.payments.detail import Detail
from desktop.views.payments.exports import Exports
from desktop.views.payments.fetching import Fetching
from desktop.views.payments.listing import PaymentList
from desktop.views.wording import NBSP

_KEPT: Final = "payments/split"
_SIZES: Final = (752, 320)
_ACROSS: Final = 860
_SAID_MS: Final = 6000


class PaymentsPage(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Indemnités journalières")
        self._desk, office = desk, desk.office
        self.news = Banner(office.icons, "ok", "circle-check")
        self.said = Banner(office.icons, "info", "info")
        self.fetching = Fetching(desk, self._say, self)
        self.list = PaymentList(desk)
        self.detail, self.exports = Detail(desk, self.fetching), Exports(desk, self.fetching)
        self._hush = QTimer(self)
        self._hush.setSingleShot(True)
        self._hush.setInterval(_SAID_MS)
        self._hush.timeout.connect(self.said.hide)
        self._build()
        self.list.opened.connect(self._open)
        self.list.asked_export.connect(self.show_exports)
        self.exports.left.connect(self._leave_exports)
        Follow(self, office.bell, {"allowances"}, self._tell_news)

    def _build(self) -> None:
        self._beside = QStackedWidget()
        self._beside.addWidget(self.detail)
        self._beside.addWidget(self.exports)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.list)
        self._split.addWidget(self._beside)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        kept = self._desk.office.settings.value(_KEPT)
        if isinstance(kept, QByteArray):
            self._split.restoreState(kept)
        else:
            self._split.setSizes(_SIZES)
        self._split.splitterMoved.connect(self._keep_split)
        self._lie()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.news)
        column.addWidget(self.said)
        column.addWidget(self._split, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(440, 360)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lie()

    def _lie(self) -> None:
        """Where there is little room, as at 200 %, the list lies above what it leads to."""
        way = Qt.Orientation.Vertical if self.width() < _ACROSS else Qt.Orientation.Horizontal
        if self._split.orientation() != way:
            self._split.setOrientation(way)
            whole = self.height() if way is Qt.Orientation.Vertical else self.width()
            self._split.setSizes([whole // 2, whole // 2] if way is Qt.Orientation.Vertical else _SIZES)

    def _keep_split(self) -> None:
        if self._split.orientation() is Qt.Orientation.Vertical:
            return
        self._desk.office.settings.setValue(_KEPT, self._split.saveState())

    # What it shows

    def show_space(self, space_id: str | None) -> None:
        """This space's payments, or those of all."""
        self.list.show_space(space_id)
        self.exports.show_space(space_id)

    def show_exports(self) -> None:
        self._beside.setCurrentWidget(self.exports)
        self.exports.focus_first()

    def _leave_exports(self) -> None:
        self._beside.setCurrentWidget(self.detail)
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self) -> None:
        self.detail.show_payment(self.list.key)
        self._beside.setCurrentWidget(self.detail)

    def _say(self, sentence: str) -> None:
        self.said.tell(sentence)
        self._hush.start()

    def _tell_news(self) -> None:
        """An export is ready, or has failed: said until she has seen to it."""
        news = self._desk.allowances.news()
        if not news:
            self.news.hide()
            return
        latest = news[0]
        does = partial(self._see, [row.export_id for row in news], latest)
        if latest.stage is ExportStage.READY:
            lines = wording.count(latest.lines, "ligne")
            self.news.tell(f"Votre export est prêt{NBSP}: {lines}.", "Télécharger et vérifier", does, "circle-check")
        else:
            self.news.tell(f"Votre export n’a pas pu être préparé. {latest.sentence}", "Voir", does, "circle-alert")

    def _see(self, export_ids: list[str], latest: ExportRow) -> None:
        self._desk.allowances.heard(export_ids)
        self.news.hide()
        self.show_exports()
        if latest.stage is ExportStage.READY:
            self.fetching.review_export(latest)

    # What the window asks

    def panes(self) -> list[QWidget]:
        return [self.list, self._beside.currentWidget() or self.detail]

    def take_focus(self) -> None:
        """To the first payments."""
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_search(self) -> None:
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    def print_current(self) -> None:
        """The payment, when one is in it; else the list as it is seen."""
        focused = self.window().focusWidget()
        if self.detail.sheet is not None and focused is not None and self.detail.isAncestorOf(focused):
            self.detail.print_current()
        else:
            self.list.print_current()
