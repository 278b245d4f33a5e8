"""The tab of users in the hands of somebody who comes twice a year: what is clicked acts, what is typed finds, and what
is read is not cut."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from contract.portfolio import Right
from contract.users import UserRecord, UserState
from desktop.services.problems import Refused
from desktop.services.users import NEW, Draft, Held, masks
from desktop.views.users import saying
from desktop.views.users.page import UsersPage
from desktop.views.users.sheet import CopySheet
from tests.services.people import TODAY, a_user, grant, myself, space_id
from tests.views.users.conftest import Crew, Settle

LEFT = Qt.MouseButton.LeftButton
LABELS = {right.value: right.value.title() for right in Right}


def person_id(crew: Crew, last: str) -> str:
    return next(person.person_id for person in crew.users.scene().people if person.last_name == last)


def copy_sheet(crew: Crew, page: UsersPage, copied: list[str]) -> CopySheet:
    sheet = CopySheet(page, crew.users.colleagues(), "Zola Anne", copied.append)
    sheet.open()
    sheet.choice.setFocus()
    return sheet


def test_a_name_typed_without_its_accents_is_found_and_its_rights_can_be_copied(
    crew: Crew, page: UsersPage, qtbot: QtBot
) -> None:
    copied: list[str] = []
    sheet = copy_sheet(crew, page, copied)
    field = sheet.choice.lineEdit()
    assert field is not None
    qtbot.keyClicks(field, "elua")  # type: ignore[no-untyped-call]
    popup = QApplication.activePopupWidget()
    assert popup is not None
    assert not sheet.go.isEnabled()
    qtbot.keyClick(popup, Qt.Key.Key_Down)  # type: ignore[no-untyped-call]
    qtbot.keyClick(popup, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    assert sheet.choice.currentText().startswith("Éluard Paul")
    assert sheet.go.isEnabled()
    sheet.go.click()
    assert copied == [person_id(crew, "Éluard")]
    # What only one name answers to is enough.
    sheet = copy_sheet(crew, page, [])
    field = sheet.choice.lineEdit()
    assert field is not None
    for typed, found in (("a", ""), ("berar", "Bérard Inès"), ("zzz", "")):
        field.selectAll()
        qtbot.keyClicks(field, typed)  # type: ignore[no-untyped-call]
        if (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        field.editingFinished.emit()
        assert (sheet.choice.person_id != "") is bool(found), typed
        assert sheet.choice.currentText().startswith(found)
    sheet.reject()


def test_a_click_on_the_sign_of_a_cell_changes_it_and_one_beside_it_only_chooses(
    page: UsersPage, settled: Settle, qtbot: QtBot
) -> None:
    page.show_view(page.matrix)
    settled()
    grid = page.matrix.grid
    box = QRect(grid.visualRect(grid.cells.index(1, 1)))
    sign, beside = box.center(), box.topLeft() + QPoint(3, 3)
    qtbot.mouseClick(grid.viewport(), LEFT, pos=beside)  # type: ignore[no-untyped-call]
    assert grid.cells.edits == {}
    qtbot.mouseClick(grid.viewport(), LEFT, pos=sign)  # type: ignore[no-untyped-call]
    assert len(grid.cells.edits) == 1
    qtbot.mouseClick(grid.viewport(), LEFT, pos=sign)  # type: ignore[no-untyped-call]
    assert grid.cells.edits == {}
    qtbot.mouseClick(grid.viewport(), LEFT, Qt.KeyboardModifier.ShiftModifier, sign)  # type: ignore[no-untyped-call]
    assert grid.cells.edits == {}
    qtbot.mouseClick(grid.viewport(), LEFT, pos=sign)  # type: ignore[no-untyped-call]
    qtbot.mouseDClick(grid.viewport(), LEFT, pos=sign)  # type: ignore[no-untyped-call]
    assert len(grid.cells.edits) == 1


def test_all_rights_of_a_person_are_in_sight_with_the_numbers_of_her_spaces(
    crew: Crew, page: UsersPage, settled: Settle
) -> None:
    page.show_view(page.matrix)
    settled()
    page.matrix.show_person(person_id(crew, "Zola"))
    grid = page.matrix.grid
    assert grid.cells.columnCount() == 8
    assert grid.across.length() <= grid.viewport().width()
    assert grid.cells.line_note(0).startswith("7000000")


def test_a_space_is_ticked_by_its_name(page: UsersPage, qtbot: QtBot) -> None:
    page.add()
    spaces = page.form.spaces
    spaces.none.click()
    page.form._area.ensureWidgetVisible(spaces.list)
    row = QRect(spaces.list.visualRect(spaces.rows.index(1)))
    qtbot.mouseClick(spaces.list.viewport(), LEFT, pos=row.center())  # type: ignore[no-untyped-call]
    assert list(spaces.space_ids) == [space_id(1)]
    qtbot.mouseClick(spaces.list.viewport(), LEFT, pos=row.topLeft() + QPoint(18, 10))  # type: ignore[no-untyped-call]
    assert list(spaces.space_ids) == []
    qtbot.keyClick(spaces.list, Qt.Key.Key_Space)  # type: ignore[no-untyped-call]
    assert list(spaces.space_ids) == [space_id(1)]


def test_before_it_is_applied_a_change_names_each_of_its_spaces(crew: Crew, page: UsersPage, settled: Settle) -> None:
    zola, leave = person_id(crew, "Zola"), masks.BIT[Right.LEAVE]
    page.show_view(page.matrix)
    settled()
    scene = crew.users.scene()
    where = [scene.by_space[space_id(number)].place for number in (0, 3)]
    page.matrix._open_review(crew.users.plan({(zola, place, leave): "-" for place in where}))
    changes = page.matrix.sheet.changes
    line = changes.model().index(0, 0, changes.model().index(0, 0))
    assert str(line.data()).endswith("dans 2\u00a0espaces")
    named = [str(line.model().index(place, 0, line).data()) for place in range(line.model().rowCount(line))]
    assert [name[-7:] for name in named] == ["7000000", "7000003"]
    page.matrix.sheet.reject()


def held(rights: Sequence[Right], ends: Sequence[Right] = ()) -> Held:
    until = {right.value: TODAY for right in ends}
    return Held("s", "Ateliers", "Usine", "7000001", tuple(right.value for right in rights), until, frozenset())


def test_rights_are_told_in_as_few_words_as_they_need() -> None:
    everything = list(Right)
    most = [right for right in masks.RIGHTS if right not in (Right.USERS, Right.MAIN_ADMINISTRATOR)]
    two = [Right.CONTACT, Right.LEAVE]
    assert saying.rights(held(everything), LABELS) == "Tous les droits"
    assert saying.rights(held(most), LABELS) == "Tous les droits sauf\u00a0: Users, Main_Administrator"
    assert saying.rights(held(two, two), LABELS) == f"Jusqu’au {TODAY:%d/%m/%Y}\u00a0: Contact, Leave"
    assert saying.rights(held(two, two[1:]), LABELS) == f"Contact, Leave (jusqu’au {TODAY:%d/%m/%Y})"
    assert saying.rights(held(two, two[:1]), LABELS) == f"Contact (jusqu’au {TODAY:%d/%m/%Y}), Leave"
    assert saying.rights(held(()), LABELS) == "Plus aucun droit"


def test_what_is_greyed_says_why_in_sight(crew: Crew, page: UsersPage, settled: Settle) -> None:
    page.open_person(person_id(crew, "Petit"))
    settled()
    said = page.detail.head.why.text()
    assert "« Corriger », « Rétablir l’accès »".replace("« ", "«\u00a0").replace(" »", "\u00a0»") in said
    assert "n’administrez pas" in said
    assert "n’administrez pas" not in page.detail.facts.text()
    page.open_person(person_id(crew, "Zola"))
    assert not page.detail.head.why.isVisible()
    crew.put(msgspec.structs.replace(myself(), version=2, whole=False))
    page.open_person(person_id(crew, "Martin"))
    settled()
    assert page.detail.head.change.text() == "Changer vos droits"
    assert "vous avez aussi des droits" in page.detail.head.why.text()


def test_who_was_invited_stays_chosen_when_the_portal_knows_her(crew: Crew, page: UsersPage, settled: Settle) -> None:
    draft = Draft(
        first_name="Jeanne", last_name="Morel", email="jeanne.morel@exemple.fr", rights=("leave",),
        space_ids=(space_id(0),),
    )  # fmt: skip
    invited = crew.users.invite(draft, TODAY)
    page.open_person(invited)
    settled()
    row = page.list.table.current()
    assert row is not None
    assert row.person_id == invited
    crew.office.outbox.give_up(crew.office.outbox.waiting()[0].wish_id)
    crew.put(a_user("Morel", "Jeanne", person_id=invited, state=UserState.INVITED, grants=(grant([Right.LEAVE], [0]),)))
    settled()
    row = page.list.table.current()
    assert row is not None
    assert row.person_id == invited
    assert page.detail.person_id == invited


def taken_up(crew: Crew, draft: Draft, *meanwhile: UserRecord) -> Draft | None:
    """The draft that an invitation is again, once it was refused and somebody else may have changed."""
    crew.users.invite(draft, TODAY)
    wish_id = crew.office.outbox.waiting()[0].wish_id
    crew.put(*meanwhile)
    crew.office.outbox.refused(wish_id, Refused("Cette adresse ne convient pas.", kind="email"))
    crew.users.edit_refused(wish_id)
    return crew.users.draft(NEW)


def test_an_invitation_that_is_taken_up_again_never_gives_more_than_it_did(crew: Crew) -> None:
    """Hugo, whose rights it copies, has other rights here than there."""
    hugo = a_user("Hugo", grants=(grant([Right.CONTACT, Right.LEAVE], [0]), grant([Right.CONTACT], [1, 2])))
    crew.put(myself(), hugo)
    who = Draft(first_name="Jeanne", last_name="Morel", email="jeanne.morel@exemple.fr")
    like = replace(who, like=hugo.person_id)
    assert taken_up(crew, like) == like
    until = TODAY + timedelta(9)
    plain = replace(who, rights=("contact", "leave"), space_ids=(space_id(0), space_id(3)), ends_on=until)
    assert taken_up(crew, plain) == plain
    changed = msgspec.structs.replace(hugo, version=2, grants=(grant([Right.LEAVE], [5]),))
    everywhere = replace(who, rights=("contact",), space_ids=tuple(map(space_id, range(3))))
    assert taken_up(crew, like, changed) == everywhere
