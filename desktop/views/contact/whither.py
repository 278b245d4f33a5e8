"""For whom and about what: the space and the topic of a new request."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QCompleter, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.services.contact import Theme
from desktop.services.portfolio import Portfolio, Space
from desktop.views import wording
from desktop.views.contact.inputs import Combo
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.shapes import Banner, ElidedLabel, IconButton, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space as Gap

_CODE: Final = Qt.ItemDataRole.UserRole


class SpaceChoice(Combo):
    """A combo to type in: any part of the name or of the member number finds the space, among thousands."""

    chosen = Signal()

    def __init__(self, portfolio: Portfolio) -> None:
        super().__init__()
        self._portfolio = portfolio
        self._ids: list[str] = []
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._typed = typed = QLineEdit()
        typed.setPlaceholderText("Choisir une entreprise…")
        typed.setStyleSheet("border: none; padding: 0; min-height: 0;")  # the combo draws the field
        self.setLineEdit(typed)
        self._names = QStringListModel(self)
        self.setModel(self._names)
        completer = QCompleter(self._names, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.activated.connect(self.chosen)
        typed.editingFinished.connect(self._settle)

    @property
    def space_id(self) -> str | None:
        place = self.currentIndex()
        if 0 <= place < len(self._ids) and self.currentText() == self.itemText(place):
            return self._ids[place]
        return None

    def choose(self, space_id: str | None) -> None:
        """Reads the spaces again and shows this one; none when it is not among them."""
        spaces = self._portfolio.spaces()
        self._ids = [space.space_id for space in spaces]
        self._names.setStringList([said(space) for space in spaces])
        place = self._ids.index(space_id) if space_id in self._ids else -1
        if place < 0 and len(self._ids) == 1:
            place = 0
        self.setCurrentIndex(place)
        if place < 0:
            self.setEditText("")
        self._typed.setCursorPosition(0)  # a long name shows its beginning

    def name_of(self, space_id: str | None) -> str:
        """The space as the list says it; empty when it is not in it."""
        return self.itemText(self._ids.index(space_id)) if space_id in self._ids else ""

    def _settle(self) -> None:
        place = self.findText(self.currentText())
        if place >= 0 and place != self.currentIndex():
            self.setCurrentIndex(place)
            self.chosen.emit()


def said(space: Space) -> str:
    """« Ateliers Morvan SAS · Usine de Brest · adhérent n° 123 »."""
    return wording.place(space.member_number, space.label, space.company)


class Top(QFrame):
    """What a form is, for whom, and the button that closes it."""

    def __init__(self, icons: Icons, title: Label, whom: ElidedLabel, leave: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "top")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(whom)
        row = QHBoxLayout(self)
        row.setContentsMargins(Gap.XL, Gap.M, Gap.L, Gap.M)
        row.addLayout(words, 1)
        close = IconButton(icons, "x", "Fermer le formulaire, le brouillon est gardé", "Échap", does=leave)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)


class Head(QWidget):
    """Above the form, where nothing scrolls: for whom the request is, and a strip when that is not the space which is
    chosen in the window. Nothing is changed by itself: a request must not slip to another company."""

    def __init__(self, icons: Icons, leave: Callable[[], None]) -> None:
        super().__init__()
        self.whom = ElidedLabel("", "secondary")
        self.elsewhere = Banner(icons, "warning", "triangle-alert")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Top(icons, Label("Nouvelle demande", "thread"), self.whom, leave))
        column.addWidget(self.elsewhere)

    def tell(self, whom: str, around: str) -> None:
        """The space of the request and the one chosen in the window, as they are said; empty when there is none."""
        self.whom.setText(f"Pour {whom}" if whom else "Choisissez ci-dessous pour quelle entreprise vous écrivez.")
        if whom and around and whom != around:
            self.elsewhere.tell(f"Cette demande est pour {whom}, et non pour {around}.")
        else:
            self.elsewhere.hide()


class TopicChoice(QWidget):
    """Theme, then sub-theme. What one has no right to ask about is there too, greyed, and says why when chosen."""

    chosen = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self._themes: tuple[Theme, ...] = ()
        self.theme, self.topic = Combo(), Combo()
        self._theme_box = FieldBox("Thème", self.theme, required=True)
        self._topic_box = FieldBox("Sous-thème", self.topic, required=True)
        self.reason = Label("", "error", wrap=True)
        self.reason.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Gap.M)
        column.addWidget(self._theme_box)
        column.addWidget(self._topic_box)
        column.addWidget(self.reason)
        self.setFocusProxy(self.theme)
        self.theme.activated.connect(self._theme_chosen)
        self.topic.activated.connect(self._topic_chosen)

    @property
    def code(self) -> str:
        """The topic chosen; empty when none is."""
        return str(self.topic.currentData(_CODE) or "")

    def show_themes(self, themes: tuple[Theme, ...], code: str) -> None:
        """The catalogue, with this topic chosen when it is in it."""
        self._themes = themes
        hint = "Choisir un thème…" if themes else "Les thèmes arrivent avec la première synchronisation…"
        self.theme.clear()
        self.theme.addItem(hint)
        for theme in themes:
            self.theme.addItem(theme.label)
        place = next((at for at, theme in enumerate(themes) if any(t.code == code for t in theme.topics)), -1)
        self.theme.setCurrentIndex(place + 1)
        self._fill(place)
        self.topic.setCurrentIndex(max(0, self.topic.findData(code, _CODE)))
        self.theme.setEnabled(bool(themes))

    def complain(self, sentence: str) -> None:
        self._theme_box.complain(sentence if self.theme.currentIndex() <= 0 else "")
        self._topic_box.complain(sentence if self.theme.currentIndex() > 0 else "")

    def explain(self, why_not: str) -> None:
        """Why the chosen topic cannot be used, and whom to ask."""
        self.reason.setText(why_not)
        self.reason.setVisible(bool(why_not))

    def _fill(self, place: int) -> None:
        model = QStandardItemModel(self.topic)
        topics = self._themes[place].topics if place >= 0 else ()
        if len(topics) != 1:
            model.appendRow(QStandardItem("Choisir un sous-thème…"))
        for topic in topics:
            item = QStandardItem(topic.label if topic.allowed else f"{topic.label} (droit manquant)")
            item.setData(topic.code, _CODE)
            if not topic.allowed:
                item.setForeground(self._icons.look.colour("disabled"))
                item.setToolTip(wording.tip(topic.why_not))
                item.setData(f"{topic.label}, indisponible. {topic.why_not}", Qt.ItemDataRole.AccessibleTextRole)
            model.appendRow(item)
        self.topic.setModel(model)
        self.topic.setCurrentIndex(0)
        self.topic.setEnabled(place >= 0)

    def _theme_chosen(self) -> None:
        self._fill(self.theme.currentIndex() - 1)
        self.complain("")
        self.chosen.emit()

    def _topic_chosen(self) -> None:
        self.complain("")
        self.chosen.emit()
