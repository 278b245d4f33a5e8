"""Walks what is on the screen: as assistive tools see it, and as a reader of French does."""

import re
from collections.abc import Iterator
from html import unescape

from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

ROLE = QAccessible.Role
INTERACTIVE = frozenset(
    {
        ROLE.PushButton,
        ROLE.ButtonMenu,
        ROLE.CheckBox,
        ROLE.RadioButton,
        ROLE.EditableText,
        ROLE.ComboBox,
        ROLE.SpinBox,
        ROLE.Slider,
        ROLE.PageTab,
        ROLE.PageTabList,
        ROLE.List,
        ROLE.ListItem,
        ROLE.Table,
        ROLE.Tree,
        ROLE.TreeItem,
        ROLE.Link,
    }
)
_MOST_CHILDREN = 60


def interfaces(root: QWidget) -> Iterator[QAccessibleInterface]:
    """Everything visible under a widget, in the accessible tree."""
    stack = [QAccessible.queryAccessibleInterface(root)]
    while stack:
        each = stack.pop()
        if each is None or not each.isValid() or each.state().invisible:
            continue
        yield each
        stack += [each.child(place) for place in range(min(each.childCount(), _MOST_CHILDREN))]


def unnamed(root: QWidget) -> list[str]:
    """The interactive things that a screen reader could not name."""
    found = []
    for each in interfaces(root):
        if each.role() in INTERACTIVE and not each.text(QAccessible.Text.Name).strip():
            thing = each.object()
            found.append(f"{each.role().name} {type(thing).__name__} {thing.objectName() if thing else ''}")
    return found


def visible_strings(root: QWidget) -> Iterator[tuple[str, str]]:
    """(where, what) of every word that a person may read or hear in a window."""
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        where = type(widget).__name__
        texts = [read_tip(widget.toolTip()), widget.accessibleName(), widget.accessibleDescription()]
        if widget.isWindow():
            texts.append(widget.windowTitle())
        if isinstance(widget, QLabel | QAbstractButton):
            texts.append(widget.text())
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            texts.append(widget.placeholderText())
        if isinstance(widget, QComboBox):
            texts += [widget.itemText(place) for place in range(widget.count())]
        if isinstance(widget, QTabBar):
            texts += [widget.tabText(place) for place in range(widget.count())]
            texts += [widget.accessibleTabName(place) for place in range(widget.count())]
        for action in widget.actions():
            texts += action_strings(action)
        yield from ((where, text) for text in texts if text)


def read_tip(tip: str) -> str:
    """The words of a tooltip, as they are shown."""
    return unescape(re.sub(r"<[^>]+>", " ", tip)).strip()


def action_strings(action: QAction) -> list[str]:
    """The words of an action, and of its menu."""
    texts = [action.text(), action.toolTip()]
    menu = action.menu()
    for each in menu.actions() if menu is not None else ():  # type: ignore[attr-defined]
        texts += action_strings(each)
    return texts


RULES = {
    "straight apostrophe": re.compile(r"\w'\w"),
    "three points": re.compile(r"\.\.\."),
    "no narrow space before ; ! ?": re.compile(r"(?<=[^\W\d_]|[ \u00a0])[;!?](?!\S*=)"),
    "no space before :": re.compile(r"(?<=[^\u00a0]):(?![/\d])"),
    "bare quotation mark": re.compile(r"«(?!\u00a0)|(?<!\u00a0)»"),
    "straight quotation marks": re.compile(r'"'),
    "no. or N.": re.compile(r"\b[nN][o.] ?\d"),
    "unaccented capital": re.compile(r"\b(?:A propos|Etat|Ecrire|Editer|Etape|Echap|Ecran)\b"),
    "two spaces": re.compile(r"(?<! ou)  (?!ou )"),
    "English": re.compile(
        r"\b(?:OK|Cancel|Close|Open|Save|Yes|No|Apply|Undo|Redo|Cut|Copy|Paste|Select All|Delete|Help|Show Details|"
        r"Hide Details|Retry|Abort|Ignore|Search|Clear|Next|Previous|The|You|Your|and|not)\b"
    ),
    "number without narrow spaces": re.compile(r"(?<![\d\w./-])\d{4,}(?=\s(?:demandes?|espaces?|envois?|non)\b)"),
}


def slips(text: str) -> list[str]:
    """The rules of French typography that a text breaks."""
    words = re.sub(r"<[^>]+>", "", text) if text.startswith("<") else text
    return [name for name, rule in RULES.items() if rule.search(words)]
