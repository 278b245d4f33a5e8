"""What is wished of a leave shows at once, is said once, and comes back when it is taken back or refused."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest

from contract import limits
from contract.contact import AwaitedDocument, Origin
from contract.identity import new_id
from contract.leave import (
    AnnounceReturn,
    CompleteLeave,
    DeclareLeave,
    Employee,
    LeaveRecord,
    LeaveState,
    Prolongation,
    ProlongLeave,
    WithdrawLeave,
)
from contract.periods import FORMER
from contract.wire import ProblemKind
from desktop.services.contact import Contact
from desktop.services.contact import Query as RequestQuery
from desktop.services.drafting import Invalid
from desktop.services.leave import NEW, Act, Draft, Leave, Pill, Query, Stage, Standing, wishing
from desktop.services.leave.projecting import declared
from desktop.services.outbox import Outbox
from desktop.services.problems import Refused
from desktop.services.store import Store
from tests.services.absences import (
    AVIS,
    EMPLOYEE,
    TERMS,
    TODAY,
    Fill,
    a_draft,
    a_leave,
    about,
    found,
    only_wish,
    pill,
    take,
    take_catalogue,
)  # fmt: skip
from tests.services.conftest import Clock
from tests.services.world import NOW, World


@pytest.fixture
def world(fill: Fill, store: Store, leaves: Leave) -> World:
    world = fill()
    take_catalogue(store, leaves, world)
    return world


def wrong(leaves: Leave, draft: Draft) -> dict[str, str]:
    return {each.field: each.sentence for each in leaves.complaints(draft, TODAY)}


def test_a_leave_declared_here_is_there_at_once_and_nothing_jumps_when_it_is_confirmed(
    world: World, store: Store, leaves: Leave, outbox: Outbox
) -> None:
    draft = a_draft(world)
    leaves.keep_draft(draft)
    assert [row.pill for row in leaves.rows(leaves.listing(Query(), TODAY).ids)] == [Pill.DRAFT]
    leave_id = leaves.send(draft, TODAY)
    assert leaves.draft(NEW) is None
    before = leaves.sheet(leave_id, TODAY)
    assert before is not None
    assert (before.row.pill, before.row.number, before.version) == (Pill.WAITING, None, None)
    assert (before.row.employee, before.row.motive, before.row.files) == ("Lefèvre Anne", "Maladie", 1)
    assert [file.document for file in before.files] == ["Avis d’arrêt de travail, volet 3"]
    assert found(leaves, "lefevre", stage=Stage.RUNNING) == [leave_id]
    [waiting] = outbox.waiting()
    assert (waiting.title, waiting.space_id) == ("Déclaration d’arrêt\u00a0: Lefèvre Anne", world.space_ids[0])
    wish = outbox.wish(waiting.wish_id)
    assert isinstance(wish, DeclareLeave)
    record = msgspec.structs.replace(declared(wish, TERMS, "Hélène Œuvrard", NOW), number="82000009", version=9)
    take(store, leaves, record)
    assert leaves.sheet(leave_id, TODAY) is not None
    with store.write("leave", *outbox.topics) as db:
        outbox.done(db, waiting.wish_id)
    after = leaves.sheet(leave_id, TODAY)
    assert after is not None
    assert (after.row.pill, after.row.number, after.version) == (Pill.DECLARED, "82000009", 9)
    assert (after.row.key, after.course, after.clocks) == (before.row.key, _confirmed(before.course), after.clocks)
    assert found(leaves) == [leave_id]


def _confirmed(course: object) -> object:
    spans = tuple(replace(span, pending=False) for span in course.spans)  # type: ignore[attr-defined]
    return replace(course, spans=spans)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_name": " "}, "last_name"),
        ({"nir": "295109912611194"}, "nir"),
        ({"motive": ""}, "motive"),
        ({"start": ""}, "start"),
        ({"start": "2026-11-12"}, "start"),
        ({"start": "pas une date"}, "start"),
        ({"expected_end": "2026-11-15"}, "expected_end"),
        ({"subrogation": ""}, "subrogation"),
        ({"subrogation": "yes", "subrogation_through": "2026-12-31"}, "subrogation_from"),
        ({"motive": "06"}, "accident_on"),
    ],
)
def test_a_slip_is_told_beside_its_field_and_nothing_is_sent(
    world: World, leaves: Leave, outbox: Outbox, values: dict[str, str], field: str
) -> None:
    draft = a_draft(world, values=values)
    assert list(wrong(leaves, draft)) == [field]
    with pytest.raises(Invalid):
        leaves.send(draft, TODAY)
    assert outbox.waiting() == ()


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        (
            {"last_name": "", "nir": "295109912611194", "motive": "06", "start": "2026-11-12", "subrogation": ""},
            ["last_name", "nir", "start", "accident_on", "subrogation"],
        ),
        (
            {"start": "", "expected_end": "2626-11-30", "motive": "06", "subrogation": "yes"},
            ["start", "expected_end", "accident_on", "subrogation_from", "subrogation_through"],
        ),
        (
            {"last_day_worked": "16/13", "start": "1899-11-16", "accident_on": "2026-11-16", "motive": "06"},
            ["last_day_worked", "start"],
        ),
        ({"motive": "", "expected_end": "2026-11-15"}, ["motive", "expected_end"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_form(
    world: World, leaves: Leave, values: dict[str, str], fields: list[str]
) -> None:
    assert list(wrong(leaves, a_draft(world, values=values))) == fields
    told = leaves.complaints(a_draft(world, values=values, space_id=None), TODAY)
    assert [each.field for each in told] == ["space", *fields], "once each"


def test_a_leave_that_meets_another_is_told_with_what_else_is_wrong(world: World, store: Store, leaves: Leave) -> None:
    take(store, leaves, a_leave(world))
    told = wrong(leaves, a_draft(world, values={"motive": "06", "subrogation": ""}))
    assert list(told) == ["start", "accident_on", "subrogation"]
    assert "n°\u00a082000001" in told["start"]


@pytest.mark.parametrize(
    ("act", "values", "fields"),
    [
        (Act.PROLONG, {"start": "2026-11-20"}, ["through", "start"]),
        (Act.PROLONG, {"start": "2026-11-20", "through": "2026-11-19"}, ["through", "start"]),
        (Act.PROLONG, {"start": "2026-12-10", "through": "2030-12-10"}, ["through", "start"]),
        (Act.PROLONG, {"start": "16/13", "through": "2026-11-30"}, ["through", "start"]),
        (Act.PROLONG, {"start": "2026-12-03", "through": "2026-12-02"}, ["through"]),
        (Act.RETURN, {"reason": "99"}, ["returned_on", "reason"]),
        (Act.RETURN, {"returned_on": "2026-11-02", "reason": "99"}, ["returned_on", "reason"]),
    ],
)
def test_all_that_is_wrong_with_what_becomes_of_a_leave_is_told_at_once_too(
    world: World, store: Store, leaves: Leave, act: Act, values: dict[str, str], fields: list[str]
) -> None:
    leave = a_leave(world)
    take(store, leaves, leave)
    many = tuple(replace(AVIS, sha256=f"{place:064}") for place in range(limits.FILES_PER_MESSAGE + 1))
    assert list(wrong(leaves, replace(about(act, leave, **values), files=many))) == [*fields, "files"]


def test_the_checklist_shows_what_is_certain_and_says_that_the_rest_depends(world: World, leaves: Leave) -> None:
    def codes(**values: str) -> set[str]:
        return {each.code for each in leaves.checklist(a_draft(world, values=values))}

    certain = {"avis", "bulletins"}
    assert codes(subrogation="") == certain
    assert codes(subrogation="yes") == certain | {"rib-entreprise", "decomptes"}
    assert codes(subrogation="no") == certain | {"rib-salarie", "decomptes-salarie"}
    depends = [leaves.depends(a_draft(world, values={"subrogation": said})) for said in ("", "yes", "no")]
    assert depends == [True, False, False]


def test_it_is_declared_for_a_space_where_one_may(world: World, leaves: Leave, store: Store) -> None:
    assert leaves.spaces() == frozenset(world.space_ids)
    assert list(wrong(leaves, a_draft(world, space_id=None))) == ["space"]
    with store.write("portfolio") as db:
        db.execute("UPDATE spaces SET rights = '[\"contact\"]' WHERE space_id = ?", (world.space_ids[0],))
    assert list(wrong(leaves, a_draft(world))) == ["space"]


def test_what_the_form_does_not_show_counts_for_nothing(world: World, leaves: Leave, outbox: Outbox) -> None:
    leaves.send(a_draft(world, values={"subrogation_from": "2026-11-16", "accident_on": "2026-11-16"}), TODAY)
    wish = outbox.wish(only_wish(outbox))
    assert isinstance(wish, DeclareLeave)
    assert (wish.subrogation, wish.subrogation_from, wish.accident_on) == (False, None, None)
    assert [file.document for file in wish.attachments] == ["avis"]


def test_an_employee_is_not_on_leave_twice_at_once(
    world: World, store: Store, leaves: Leave, outbox: Outbox, clock: Clock
) -> None:
    take(store, leaves, a_leave(world))
    assert "n°\u00a082000001" in wrong(leaves, a_draft(world))["start"]
    other = a_draft(world, values={"last_name": "Garcia", "matricule": "", "nir": ""})
    leaves.send(other, TODAY)
    assert "attend déjà d’être envoyée" in wrong(leaves, other)["start"]
    outbox.refused(only_wish(outbox), Refused("Non.", kind=ProblemKind.INVALID))
    assert wrong(leaves, other) == {}


class _Counting(Leave):
    """Tells how many leaves were projected."""

    projected = 0

    def as_wished(self, leave_id: str) -> LeaveRecord | None:
        self.projected += 1
        return super().as_wished(leave_id)


def test_only_leaves_of_the_same_employee_are_projected_to_check_a_declaration(
    world: World, store: Store, outbox: Outbox
) -> None:
    """With thousands in one company the window would be held."""
    leaves = _Counting(store, outbox)
    others = [a_leave(world, employee=Employee(f"B-{place}", "Roux", "Loïc")) for place in range(50)]
    hers = a_leave(world, expected_end=date(2026, 11, 15))
    take(store, leaves, *others, hers)
    leaves.complaints(a_draft(world), TODAY)
    assert leaves.projected == 0
    leaves.send(about(Act.PROLONG, hers, through="2026-11-20"), TODAY)
    assert list(wrong(leaves, a_draft(world))) == ["start"], "what waits counts"


def test_a_declaration_is_compared_with_the_leaves_of_its_employee_alone(world: World, store: Store) -> None:
    """Found by an index each, however many leaves the company has."""
    plan = store.query(f"EXPLAIN QUERY PLAN {wishing._NEAR}", (world.space_ids[0], "", "", "a-042", "", "roux\nloic"))
    steps = [row[3] for row in plan]
    for index in ("leaves_matricule", "leaves_nir", "leaves_name"):
        assert any(index in step for step in steps), steps
    assert not any(step.startswith(("SCAN l", "SCAN leaves")) for step in steps), steps


@pytest.mark.parametrize(
    "who",
    [
        {"last_name": "AUTRE", "first_name": "Nom", "matricule": "a 042", "nir": ""},
        {"last_name": "AUTRE", "first_name": "Nom", "matricule": "", "nir": "2 95 10 99 126 111 93"},
        {"last_name": "lefevre", "first_name": "ANNE ", "matricule": "", "nir": ""},
    ],
)
def test_she_is_known_by_whatever_is_told_of_her(
    world: World, store: Store, leaves: Leave, who: dict[str, str]
) -> None:
    take(store, leaves, a_leave(world))
    assert list(wrong(leaves, a_draft(world, values=who))) == ["start"]


def test_a_prolongation_shows_and_rests_on_what_was_seen(
    world: World, store: Store, leaves: Leave, outbox: Outbox
) -> None:
    leave = a_leave(world)
    take(store, leaves, leave)
    assert list(wrong(leaves, about(Act.PROLONG, leave, through="2026-11-30"))) == ["through"]
    leaves.send(about(Act.PROLONG, leave, through="2026-12-15"), TODAY)
    leaves.send(about(Act.PROLONG, leave, through="2026-12-31"), TODAY)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    assert [(one.start, one.through, one.declared_at) for one in sheet.prolongations] == [
        (date(2026, 12, 1), date(2026, 12, 15), None), (date(2026, 12, 16), date(2026, 12, 31), None),
    ]  # fmt: skip
    assert (sheet.row.last_day, sheet.row.pill) == (date(2026, 12, 31), Pill.WAITING)
    bases = [
        wish.base_version for each in outbox.waiting() if isinstance(wish := outbox.wish(each.wish_id), ProlongLeave)
    ]
    assert bases == [7, None]
    first = outbox.waiting()[0].wish_id
    assert leaves.take_back(first)[0]
    [left] = outbox.waiting()
    wish = outbox.wish(left.wish_id)
    assert isinstance(wish, ProlongLeave)
    assert wish.base_version == 7


def test_a_prolongation_that_came_down_before_its_answer_is_there_once(
    world: World, store: Store, leaves: Leave, outbox: Outbox
) -> None:
    leave = a_leave(world)
    take(store, leaves, leave)
    leaves.send(about(Act.PROLONG, leave, through="2026-12-15"), TODAY)
    wish = outbox.wish(only_wish(outbox))
    assert isinstance(wish, ProlongLeave)
    made = Prolongation(wish.prolongation_id, date(2026, 12, 1), date(2026, 12, 15), NOW)
    take(store, leaves, msgspec.structs.replace(leave, prolongations=(made,), version=8), start=200)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    assert [one.through for one in sheet.prolongations] == [date(2026, 12, 15)]
    assert (sheet.row.pill, sheet.deliveries) == (Pill.DECLARED, ())


def test_a_leave_of_the_former_space_leads_to_the_form_of_contact(
    world: World, store: Store, leaves: Leave, contact: Contact
) -> None:
    leave = a_leave(world, origin=Origin.FORMER, motive="06", subrogation=True)
    take(store, leaves, leave)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    assert sheet.acts.prolong == FORMER
    assert wrong(leaves, about(Act.PROLONG, leave, through="2026-12-15")) == {"leave_id": FORMER}
    opened = leaves.by_contact(leave.leave_id)
    assert opened is not None
    assert contact.topic_form(opened.topic, opened.space_id) is not None
    assert opened.fields == {
        "employee": "Lefèvre Anne",
        "cause": "work_accident",
        "last_day_worked": "2026-11-01",
        "start_date": "2026-11-02",
        "end_date": "",
        "extension": "yes",
        "subrogation": "yes",
        "text": f"Prolongation de l’arrêt n°\u00a0{leave.number}, commencé dans l’ancien espace client.",
    }
    assert leaves.by_contact(a_leave(world).leave_id) is None


def test_the_announced_return_shortens_and_its_part_time_wants_its_document(
    world: World, store: Store, leaves: Leave, outbox: Outbox
) -> None:
    leave = a_leave(world)
    take(store, leaves, leave)
    draft = about(Act.RETURN, leave, returned_on="2026-11-23", reason="02")
    assert [each.code for each in leaves.checklist(draft)] == ["reprise", "temps-partiel"]
    assert list(wrong(leaves, about(Act.RETURN, leave, returned_on="2026-11-02"))) == ["returned_on"]
    leaves.send(draft, TODAY)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    assert (sheet.returned_on, sheet.row.last_day) == (date(2026, 11, 23), date(2026, 11, 22))
    assert sheet.return_reason == "Reprise à temps partiel thérapeutique"
    assert sheet.acts.prolong.startswith("Le salarié a repris")
    assert isinstance(outbox.wish(only_wish(outbox)), AnnounceReturn)


def test_the_awaited_document_is_sent(world: World, store: Store, leaves: Leave, outbox: Outbox) -> None:
    awaited = AwaitedDocument(new_id(), "Avis d’arrêt de travail, volet 3")
    leave = a_leave(world, state=LeaveState.DOCUMENT_AWAITED, awaited=(awaited,))
    take(store, leaves, leave)
    empty = about(Act.COMPLETE, leave)
    assert list(wrong(leaves, empty)) == ["files"]
    leaves.send(replace(empty, files=(AVIS,), answers=(awaited.awaited_id,)), TODAY)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    assert (sheet.awaited, len(sheet.files), sheet.row.pill) == ((), 1, Pill.WAITING)
    wish = outbox.wish(only_wish(outbox))
    assert isinstance(wish, CompleteLeave)
    assert (wish.answers, wish.base_version) == ((awaited.awaited_id,), 7)


def test_a_withdrawal_waits_may_be_taken_back_and_cannot_be_said_twice(
    world: World, store: Store, leaves: Leave, outbox: Outbox
) -> None:
    leave = a_leave(world)
    take(store, leaves, leave)
    wish_id = leaves.withdraw(leave.leave_id, leave.version)
    wish = outbox.wish(wish_id)
    assert isinstance(wish, WithdrawLeave)
    assert wish.base_version == 7
    with pytest.raises(Invalid, match="retiré"):
        leaves.withdraw(leave.leave_id, leave.version)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    assert sheet.clocks == (), "nothing falls due any more"
    assert leaves.take_back(wish_id) == (True, None)
    assert pill(leaves, leave.leave_id) is Pill.DECLARED
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    assert sheet.clocks
    assert leaves.take_back(wish_id) == (False, None)


@pytest.mark.parametrize(
    ("kind", "standing", "shown"),
    [
        (ProblemKind.STALE, Standing.CONFLICT, Pill.CONFLICT),
        (ProblemKind.INVALID, Standing.REFUSED, Pill.REFUSED),
    ],
)
def test_what_is_refused_promises_nothing_and_can_be_mended(
    world: World, store: Store, leaves: Leave, outbox: Outbox, kind: ProblemKind, standing: Standing, shown: Pill
) -> None:
    leave = a_leave(world)
    take(store, leaves, leave)
    leaves.send(replace(about(Act.PROLONG, leave, through="2026-12-15"), files=(AVIS,)), TODAY)
    wish_id = only_wish(outbox)
    outbox.refused(wish_id, Refused("Le portail dit non.", kind=kind, version=9))
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    [delivery] = sheet.deliveries
    assert (delivery.standing, delivery.sentence, delivery.editable) == (standing, "Le portail dit non.", True)
    assert (sheet.prolongations, sheet.row.last_day, sheet.row.pill) == ((), date(2026, 11, 30), shown)
    assert leaves.counts(None).stages[Stage.INCOMPLETE] == 1
    if standing is Standing.CONFLICT:
        again = outbox.wish(outbox.insist(wish_id))
        assert isinstance(again, ProlongLeave)
        assert again.base_version is None
        return
    draft = leaves.edit_refused(wish_id)
    assert draft is not None
    assert (draft.values, draft.files, outbox.waiting()) == ({"through": "2026-12-15"}, (AVIS,), ())
    assert leaves.draft(draft.key) == draft


def test_with_a_declaration_goes_what_was_built_on_it(world: World, leaves: Leave, outbox: Outbox) -> None:
    leave_id = leaves.send(a_draft(world), TODAY)
    made = leaves.as_wished(leave_id)
    assert made is not None
    leaves.send(about(Act.PROLONG, made, through="2026-12-15"), TODAY)
    first = outbox.waiting()[0].wish_id
    taken, draft = leaves.take_back(first)
    assert taken
    assert draft is not None
    assert draft == a_draft(world), "as it was declared"
    assert outbox.waiting() == ()
    leave_id = leaves.send(draft, TODAY)
    made = leaves.as_wished(leave_id)
    assert made is not None
    leaves.send(about(Act.PROLONG, made, through="2026-12-15"), TODAY)
    outbox.give_up(outbox.waiting()[0].wish_id)
    assert (outbox.waiting(), found(leaves)) == ((), [])


def test_the_return_announced_last_holds_and_nothing_prolongs_it(world: World, store: Store, leaves: Leave) -> None:
    """On the page as in the list, whatever else waits."""
    leave = a_leave(world)
    take(store, leaves, leave)
    leaves.send(about(Act.PROLONG, leave, through="2026-12-15"), TODAY)
    leaves.send(about(Act.RETURN, leave, returned_on="2026-11-25"), TODAY)
    leaves.send(about(Act.RETURN, leave, returned_on="2026-11-20"), TODAY)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    assert (sheet.row.last_day, sheet.returned_on) == (date(2026, 11, 19), date(2026, 11, 20))
    back = a_leave(world, number="82000002", employee=Employee("A-7", "Roux", "Loïc", ""))
    take(store, leaves, back, start=200)
    leaves.send(about(Act.PROLONG, back, through="2026-12-15"), TODAY)
    take(store, leaves, msgspec.structs.replace(back, returned_on=date(2026, 11, 10)), start=300)
    sheet = leaves.sheet(back.leave_id, TODAY)
    assert sheet is not None
    assert sheet.row.last_day == sheet.course.end == date(2026, 11, 9)


@pytest.mark.parametrize("wishes", ["through", "returned", "both prolonged"])
def test_the_list_and_the_page_say_the_same_last_day(world: World, store: Store, leaves: Leave, wishes: str) -> None:
    leave = a_leave(world)
    take(store, leaves, leave)
    if wishes != "returned":
        leaves.send(about(Act.PROLONG, leave, through="2026-12-15"), TODAY)
    if wishes == "both prolonged":
        leaves.send(about(Act.PROLONG, leave, through="2027-01-15"), TODAY)
    if wishes == "returned":
        leaves.send(about(Act.RETURN, leave, returned_on="2026-11-20"), TODAY)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    last = sheet.returned_on - timedelta(days=1) if sheet.returned_on else sheet.prolongations[-1].through
    assert sheet.row.last_day == last == sheet.course.end


def test_requests_know_nothing_of_the_wishes_of_leaves(
    world: World, store: Store, leaves: Leave, contact: Contact
) -> None:
    leave_id = leaves.send(a_draft(world), TODAY)
    assert contact.conversation(leave_id) == ()
    assert contact.key_of(leave_id) is None
    assert AVIS.sha256 in contact.wanted_files()


def test_drafts_are_kept_as_typed_one_for_each_thing(world: World, leaves: Leave, contact: Contact) -> None:
    leave = a_leave(world)
    prolong = about(Act.PROLONG, leave, through="31/2")
    for draft in (a_draft(world, values={"start": "16/1"}), prolong):
        leaves.keep_draft(draft)
    kept = leaves.draft(NEW)
    assert kept is not None
    assert (kept.values["start"], leaves.draft(prolong.key)) == ("16/1", prolong)
    assert contact.counts(RequestQuery()).all == len(world.requests)
    leaves.keep_draft(Draft(NEW, world.space_ids[0], {"last_name": " "}))
    assert leaves.draft(NEW) is None


def test_employees_of_whom_a_leave_is_known_are_proposed(world: World, store: Store, leaves: Leave) -> None:
    take(store, leaves, a_leave(world), a_leave(world, start=date(2025, 1, 1)))
    [known] = leaves.employees(world.space_ids[0])
    assert {name: getattr(known, name) for name in EMPLOYEE} == EMPLOYEE
    assert leaves.employees(world.space_ids[1]) == ()


def test_overdue_says_that_nothing_is_known_of_what_came_after(world: World, store: Store, leaves: Leave) -> None:
    def overdue(leave: LeaveRecord) -> bool:
        take(store, leaves, leave)
        sheet = leaves.sheet(leave.leave_id, TODAY)
        assert sheet is not None
        return sheet.overdue

    ended = date(2026, 11, 20)
    assert overdue(a_leave(world, expected_end=ended))
    assert not overdue(a_leave(world, expected_end=TODAY))
    assert not overdue(a_leave(world, expected_end=ended, returned_on=date(2026, 11, 21), state=LeaveState.ENDED))
