"""What is about to change, before it does: by person, before and after, and what cannot be."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QTreeWidget, QTreeWidgetItem, QWidget

from desktop.services.users import Line, PersonPlan, Plan, Scene
from desktop.services.users.masks import ADMINISTERS, RIGHTS
from desktop.views import wording
from desktop.views.fields.shapes import Banner, Button
from desktop.views.icons import Icons
from desktop.views.users import saying
from desktop.views.users.sheet import Sheet
from desktop.views.wording import NBSP

_OPEN: Final = 12
"""Of so few people all lines are seen at once, and of so few lines the spaces."""


class _LineItem(QTreeWidgetItem):
    """What is given or taken; the names of its spaces come below once it is unfolded."""

    def __init__(self, said: str, places: tuple[int, ...]) -> None:
        super().__init__([said])
        self.places = places
        self.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)


class Changes(QTreeWidget):
    """People, below each what she gets and loses, and below that where."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Ce qui va changer")
        self.setUniformRowHeights(True)
        self.setMinimumHeight(220)
        self.setStyleSheet("QTreeWidget::item { padding: 3px 0; }")
        self._scene: Scene | None = None
        self.itemExpanded.connect(self._unfold)

    def tell(self, plan: Plan, scene: Scene, labels: Mapping[str, str]) -> None:
        self.clear()
        self._scene = scene
        self.addTopLevelItems([_person(person, labels) for person in plan.people])
        if len(plan.people) <= _OPEN:
            self.expandToDepth(0)
        if sum(len(person.lines) for person in plan.people) <= _OPEN and plan.cells <= 3 * _OPEN:
            self.expandToDepth(1)

    def _unfold(self, item: QTreeWidgetItem) -> None:
        if isinstance(item, _LineItem) and self._scene is not None and not item.childCount():
            where = [self._scene.by_place[place] for place in item.places if place in self._scene.by_place]
            for place in where:
                child = QTreeWidgetItem([saying.space(place)])
                child.setToolTip(0, wording.tip(saying.space(place)))
                item.addChild(child)


def _person(person: PersonPlan, labels: Mapping[str, str]) -> QTreeWidgetItem:
    who = f"{person.name} (vous)" if person.herself else person.name
    before, after = wording.number(person.before), wording.count(person.after, "droit")
    item = QTreeWidgetItem([f"{who or 'Cette personne'}{NBSP}: {before} avant, {after} après"])
    for line in person.lines:
        said = _line(line, labels)
        child = _LineItem(said, line.places)
        child.setToolTip(0, wording.tip(said))
        item.addChild(child)
    return item


def _line(line: Line, labels: Mapping[str, str]) -> str:
    """What, and in how many spaces."""
    code = RIGHTS[line.bit].value
    right = labels.get(code, code)
    verb = "Changer la fin de" if line.extended else "Donner" if line.given else "Retirer"
    until = f" jusqu\u2019au {wording.day(line.ends_on)}" if line.ends_on else ""
    if line.extended and line.ends_on is None:
        until = " (sans fin)"
    return f"{verb}{NBSP}: {right}{until}, dans {wording.count(len(line.places), 'espace')}"


class Review(Sheet):
    """Before « Appliquer ». `apply` sends it."""

    def __init__(
        self,
        parent: QWidget,
        icons: Icons,
        plan: Plan,
        scene: Scene,
        labels: Mapping[str, str],
        apply: Callable[[Plan], None],
    ) -> None:
        super().__init__(parent, "Voici ce qui va changer", summary(plan))
        self._plan, self._apply = plan, apply
        self.setMinimumSize(640, 460)
        self.changes = Changes()
        self.changes.tell(plan, scene, labels)
        self.warning, self.impossible = Banner(icons, "warning", "triangle-alert"), Banner(icons, "error", "circle-x")
        self.body.addWidget(self.changes, 1)
        for banner in (self.warning, self.impossible):
            self.body.addWidget(banner)
        if lost := _lost(plan):
            self.warning.tell(f"Vous cesserez vous-même d\u2019administrer {wording.count(lost, 'espace')}.")
        if plan.impossible:
            self.impossible.tell(impossible(plan))
        self.go = Button(f"Appliquer ({wording.number(plan.cells)})", "primary", does=self._go)
        self.go.setAccessibleName(f"Appliquer {wording.count(plan.cells, 'changement')}")
        self.go.setEnabled(plan.cells > 0)
        for button in (Button("Revenir", does=self.reject), self.go):
            self.foot.addWidget(button)
        self.changes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self) -> None:
        self.accept()
        self._apply(self._plan)


def summary(plan: Plan) -> str:
    """« 12 droits donnés et 3 retirés, pour 4 personnes. »."""
    if not plan.cells:
        return "Rien ne peut changer."
    parts = []
    if plan.given:
        parts.append(f"{wording.count(plan.given, 'droit donné', 'droits donnés')}")
    if plan.withdrawn:
        parts.append(f"{wording.count(plan.withdrawn, 'droit retiré', 'droits retirés')}")
    return f"{' et '.join(parts)}, pour {wording.count(len(plan.people), 'personne')}."


def invitation(plan: Plan) -> str:
    """What somebody who holds nothing yet gets: « 2 droits dans 3 espaces. », or how many in all."""
    lines = [line for person in plan.people for line in person.lines]
    rights, spaces = {line.bit for line in lines}, {place for line in lines for place in line.places}
    if len(rights) * len(spaces) != plan.cells or not plan.cells:
        return summary(plan)
    return f"{wording.count(len(rights), 'droit')} dans {wording.count(len(spaces), 'espace')}."


def impossible(plan: Plan) -> str:
    """Each reason with how many cells it concerns."""
    said = []
    for reason, number in plan.impossible:
        counted = wording.count(number, "changement impossible", "changements impossibles")
        said.append(f"{counted}{NBSP}: {reason[:1].lower()}{reason[1:]}")
    return " ".join(said)


def _lost(plan: Plan) -> int:
    """In how many spaces she takes from herself what she administers by."""
    places: set[int] = set()
    for person in plan.people:
        if person.herself:
            for line in person.lines:
                if not line.given and 1 << line.bit & ADMINISTERS:
                    places.update(line.places)
    return len(places)
