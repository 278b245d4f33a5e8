"""Users and rights on the client: what is taken in, what is shown with wishes laid over, what is wished."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from contract.identity import new_id
from contract.portfolio import Right
from contract.users import (
    AuditPage,
    AuditRecord,
    ChangeRights,
    InviteUser,
    RightUse,
    UserRecord,
    UserState,
)
from desktop.services.drafting import Invalid
from desktop.services.outbox import Outbox, WishState
from desktop.services.portfolio import Portfolio
from desktop.services.problems import Refused
from desktop.services.store import Store
from desktop.services.users import (
    GIVE,
    NEW,
    WITHDRAW,
    Draft,
    Filter,
    Journal,
    Pill,
    Query,
    Reason,
    Users,
    masks,
)
from tests.services.people import (
    LABELS,
    ME,
    NOW,
    TODAY,
    a_me,
    a_user,
    grant,
    myself,
    outcome,
    put,
    space_id,
    tell,
)

CONTACT, LEAVE, USERS, MAIN = (
    masks.BIT[right] for right in (Right.CONTACT, Right.LEAVE, Right.USERS, Right.MAIN_ADMINISTRATOR)
)
ALL = Query()


@dataclass
class Desk:
    store: Store
    outbox: Outbox
    portfolio: Portfolio
    users: Users

    def place(self, number: int) -> int:
        return self.users.scene().by_space[space_id(number)].place

    def held(self, person_id: str, number: int) -> int:
        return self.users.scene().by_id[person_id].at(self.place(number))

    def names(self, query: Query = ALL) -> list[str]:
        return [row.last_name for row in self.users.rows(self.users.listing(query, TODAY).ids, TODAY)]

    def pill(self, person_id: str) -> Pill:
        sheet = self.users.sheet(person_id, TODAY)
        assert sheet is not None
        return sheet.row.pill

    def wish(self) -> ChangeRights:
        wish = self.outbox.wish(self.outbox.waiting()[-1].wish_id)
        assert isinstance(wish, ChangeRights)
        return wish


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store(tmp_path / "volet.db", bytes(range(32)))
    outbox = Outbox(store, 0.0)
    made = Desk(store, outbox, Portfolio(store, outbox), Users(store, outbox))
    tell(store, made.portfolio, made.users, a_me())
    yield made
    store.close()


# Taking in


def test_what_a_person_holds_is_kept_by_space_with_its_ends(desk: Desk) -> None:
    until = date(2026, 12, 31)
    anne = a_user("Zola", grants=(grant([Right.CONTACT, Right.LEAVE], [0, 2]), grant([Right.USERS], [2], until)))
    put(desk.store, desk.users, anne)
    sheet = desk.users.sheet(anne.person_id, TODAY)
    assert sheet is not None
    assert [(held.member_number, held.rights) for held in sheet.held] == [
        ("7000000", (Right.CONTACT, Right.LEAVE)),
        ("7000002", (Right.CONTACT, Right.LEAVE, Right.USERS)),
    ]
    assert sheet.held[1].ends == {Right.USERS: until}
    assert (sheet.row.spaces, sheet.row.companies, sheet.row.administrator) == (2, 2, True)


def test_people_come_and_go_and_the_cursor_is_kept_with_them(desk: Desk) -> None:
    anne, bea = a_user("Zola"), a_user("Éluard")
    assert desk.users.cursor() is None
    put(desk.store, desk.users, anne, bea)
    assert (desk.names(), desk.users.cursor()) == (["Éluard", "Zola"], "1.1")
    put(desk.store, desk.users, gone=[bea.person_id])
    assert desk.names() == ["Zola"]
    put(desk.store, desk.users, bea, reset=True)
    assert desk.names() == ["Éluard"]


def test_an_outcome_that_comes_late_brings_nobody_back(desk: Desk) -> None:
    anne = a_user("Zola", version=5)
    put(desk.store, desk.users, anne)
    older = msgspec.structs.replace(anne, version=4, last_name="Avant")
    with desk.store.write("users") as db:
        desk.users.apply(db, [outcome(older)])
    assert desk.names() == ["Zola"]
    put(desk.store, desk.users, gone=[anne.person_id])
    with desk.store.write("users") as db:
        desk.users.apply(db, [outcome(anne)])
    assert desk.names() == []


def test_who_administers_no_more_keeps_nothing_of_anybody(desk: Desk) -> None:
    put(desk.store, desk.users, a_user("Zola", grants=(grant([Right.LEAVE], [0, 3], date(2026, 12, 1)),)))
    fewer = msgspec.structs.replace(a_me(), spaces=a_me().spaces[:2])
    tell(desk.store, desk.portfolio, desk.users, fewer)
    assert [row.spaces for row in desk.users.rows(desk.users.listing(ALL, TODAY).ids, TODAY)] == [1]
    tell(desk.store, desk.portfolio, desk.users, a_me(rights=[Right.CONTACT]))
    assert not desk.users.administers()
    assert desk.users.cursor() is None
    kept = [desk.store.query(f"SELECT count(*) FROM {table}")[0][0] for table in ("users", "user_ends")]
    assert kept == [0, 0]


# Reading


def test_who_should_be_looked_at_again_and_why(desk: Desk) -> None:
    long_ago, lately = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
    used = (RightUse(Right.CONTACT, TODAY - timedelta(3)),)
    put(
        desk.store,
        desk.users,
        a_user("Jamais", state=UserState.INVITED, signed_in_at=None),
        a_user("Nouvelle", state=UserState.INVITED, signed_in_at=None, invited_at=lately),
        a_user("Absente", signed_in_at=long_ago, uses=used),
        a_user("Oisive", uses=used, grants=(grant([Right.CONTACT, Right.LEAVE], [0]),)),
        a_user("Déléguée", uses=used, grants=(grant([Right.CONTACT], [0], TODAY + timedelta(10)),)),
        a_user("Active", uses=used),
        a_user("Suspendue", state=UserState.SUSPENDED, signed_in_at=long_ago),
    )
    reviewed = desk.users.rows(desk.users.listing(Query(filter=Filter.REVIEW), TODAY).ids, TODAY)
    assert {row.last_name: row.reasons for row in reviewed} == {
        "Jamais": (Reason.NEVER,),
        "Absente": (Reason.INACTIVE,),
        "Oisive": (Reason.UNUSED,),
        "Déléguée": (Reason.ENDING,),
    }
    assert desk.names(Query(filter=Filter.SUSPENDED)) == ["Suspendue"]
    assert desk.names(Query(reason=Reason.ENDING)) == ["Déléguée"]
    counts = desk.users.counts(None, TODAY)
    assert (counts.all, counts.filters[Filter.REVIEW], counts.reasons[Reason.NEVER]) == (7, 4, 1)


def test_people_are_found_by_name_company_and_space(desk: Desk) -> None:
    put(desk.store, desk.users, a_user("Zola"), a_user("Éluard", grants=(grant([Right.CONTACT], [5]),)))
    assert desk.names(Query("eluard")) == ["Éluard"]
    assert desk.names(Query("0002")) == desk.names(Query("7000005")) == ["Éluard"]
    assert desk.names(Query(space_id=space_id(1))) == ["Zola"]
    assert desk.names(Query(space_id=new_id())) == []


# Changing rights


def test_a_change_is_shown_before_and_laid_over_once_it_is_sent(desk: Desk) -> None:
    anne = a_user("Zola", version=7, grants=(grant([Right.CONTACT, Right.LEAVE], [0, 1]),))
    put(desk.store, desk.users, anne, myself())
    until = TODAY + timedelta(20)
    edits = {(anne.person_id, desk.place(number), LEAVE): WITHDRAW for number in (0, 1)}
    edits |= {(anne.person_id, desk.place(number), USERS): until.isoformat() for number in (1, 2)}
    edits[anne.person_id, desk.place(0), CONTACT] = GIVE  # as it is already
    plan = desk.users.plan(edits)
    assert (plan.given, plan.withdrawn, plan.idle, plan.impossible) == (2, 2, 1, ())
    person = plan.people[0]
    assert (person.before, person.after, person.version) == (4, 4, 7)
    assert [(line.bit, line.given, len(line.places), line.ends_on) for line in person.lines] == [
        (LEAVE, False, 2, None),
        (USERS, True, 2, until),
    ]
    desk.users.keep_edits(edits)
    desk.users.change(plan)
    assert desk.users.kept_edits() == {}
    assert [desk.held(anne.person_id, number) for number in range(3)] == [
        1 << CONTACT, 1 << CONTACT | 1 << USERS, 1 << USERS
    ]  # fmt: skip
    assert desk.pill(anne.person_id) is Pill.WAITING
    wish = desk.wish()
    assert {change.base_version for change in wish.changes} == {7}
    assert desk.users.scene().by_id[anne.person_id].told_at(desk.place(0)) == 1 << CONTACT | 1 << LEAVE


def test_what_one_may_not_give_is_impossible_and_said(desk: Desk) -> None:
    me = a_me(rights=[Right.CONTACT, Right.USERS])
    tell(desk.store, desk.portfolio, desk.users, me)
    anne = a_user("Zola")
    mine = (grant([Right.USERS], range(6)), grant([Right.CONTACT], range(6), TODAY + timedelta(5)))
    put(desk.store, desk.users, anne, a_user("Martin", person_id=ME, grants=mine))
    place = desk.place(3)
    edits = {
        (anne.person_id, place, LEAVE): GIVE,
        (anne.person_id, place, MAIN): GIVE,
        (anne.person_id, place, CONTACT): GIVE,
        (anne.person_id, place, USERS): GIVE,
    }
    plan = desk.users.plan(edits)
    assert list(plan.possible) == [(anne.person_id, place, USERS)]
    assert sum(count for _, count in plan.impossible) == 3
    until = desk.users.plan({(anne.person_id, place, CONTACT): (TODAY + timedelta(5)).isoformat()})
    assert until.given == 1
    assert desk.users.plan({(anne.person_id, desk.place(0), CONTACT): WITHDRAW}).withdrawn == 1
    above = a_user("Éluard", grants=(grant([Right.CONTACT, Right.MAIN_ADMINISTRATOR], [0]),))
    put(desk.store, desk.users, anne, above, a_user("Martin", person_id=ME, grants=mine))
    cell = (above.person_id, desk.place(0), CONTACT)
    for wanted in (WITHDRAW, (TODAY + timedelta(4)).isoformat()):
        assert "administrateur principal" in desk.users.plan({cell: wanted}).impossible[0][0]


def test_a_space_is_not_left_without_its_main_administrator(desk: Desk) -> None:
    both = a_user("Zola", grants=(grant([Right.MAIN_ADMINISTRATOR], [0]),))
    invited = a_user("Éluard", state=UserState.INVITED, grants=(grant([Right.MAIN_ADMINISTRATOR], [1]),))
    put(desk.store, desk.users, both, invited, myself())
    zero, one = desk.place(0), desk.place(1)
    alone = desk.users.plan({(ME, one, MAIN): WITHDRAW})
    assert alone.withdrawn == 0
    assert desk.users.plan({(ME, zero, MAIN): WITHDRAW}).withdrawn == 1
    together = desk.users.plan({(ME, zero, MAIN): WITHDRAW, (both.person_id, zero, MAIN): WITHDRAW})
    assert (together.withdrawn, together.impossible[0][1]) == (0, 2)
    sheet = desk.users.sheet(both.person_id, TODAY)
    assert sheet is not None
    assert sheet.acts.suspend == sheet.acts.remove == ""


def test_a_second_change_rests_on_what_the_first_made_of_her(desk: Desk) -> None:
    anne = a_user("Zola", version=7)
    put(desk.store, desk.users, anne, myself())
    first = desk.users.change(desk.users.plan({(anne.person_id, desk.place(2), LEAVE): GIVE}))
    desk.users.change(desk.users.plan({(anne.person_id, desk.place(3), LEAVE): GIVE}))
    assert desk.outbox.sending(first)
    now = msgspec.structs.replace(anne, version=8, grants=(*anne.grants, grant([Right.LEAVE], [2])))
    with desk.store.write("users", "outbox") as db:
        desk.users.apply(db, [outcome(now)])
        desk.outbox.done(db, first)
    assert [change.base_version for change in desk.wish().changes] == [8]
    # Somebody else's change is not passed over.
    put(desk.store, desk.users, msgspec.structs.replace(now, version=9))
    assert [change.base_version for change in desk.wish().changes] == [8]


def test_a_refused_change_promises_nothing_and_can_be_taken_up_again(desk: Desk) -> None:
    anne = a_user("Zola", version=7)
    put(desk.store, desk.users, anne, myself())
    cell = (anne.person_id, desk.place(2), LEAVE)
    wish_id = desk.users.change(desk.users.plan({cell: GIVE}))
    desk.outbox.refused(wish_id, Refused("Ses droits ont changé.", kind="stale", version=8))
    assert desk.pill(anne.person_id) is Pill.CONFLICT
    assert desk.held(anne.person_id, 2) == 0
    delivery = desk.users.deliveries()[0]
    assert (delivery.sentence, delivery.cells) == ("Ses droits ont changé.", 1)
    put(desk.store, desk.users, msgspec.structs.replace(anne, version=8))
    desk.users.edit_refused(wish_id)
    assert desk.users.kept_edits() == {cell: GIVE}
    desk.users.change(desk.users.plan(desk.users.kept_edits()))
    assert [change.base_version for change in desk.wish().changes] == [8]


def test_the_rights_of_another_are_copied_but_for_the_main_role(desk: Desk) -> None:
    source = a_user("Zola", grants=(grant([Right.LEAVE, Right.MAIN_ADMINISTRATOR], [0, 4]),))
    target = a_user("Éluard", grants=(grant([Right.CONTACT, Right.LEAVE], [0, 1]),))
    put(desk.store, desk.users, source, target, myself())
    edits = desk.users.copy_rights(source.person_id, (target.person_id,))
    desk.users.change(desk.users.plan(edits))
    held = [desk.held(target.person_id, number) for number in range(6)]
    assert held == [1 << LEAVE, 0, 0, 0, 1 << LEAVE, 0]


# Inviting


def a_draft(**told: object) -> Draft:
    typed = {"first_name": "Jeanne", "last_name": "Morel", "email": "jeanne.morel@exemple.fr", "rights": (Right.LEAVE,)}
    return Draft(**(typed | {"space_ids": (space_id(0), space_id(3))} | told))  # type: ignore[arg-type]


def test_an_invitation_is_one_wish_and_is_seen_at_once(desk: Desk) -> None:
    put(desk.store, desk.users, myself())
    desk.users.keep_draft(a_draft())
    person_id = desk.users.invite(a_draft(ends_on=date(2026, 12, 31)), TODAY)
    assert desk.users.draft(NEW) is None
    assert (desk.names(), desk.pill(person_id)) == (["Martin", "Morel"], Pill.WAITING)
    wish = desk.outbox.wish(desk.outbox.waiting()[0].wish_id)
    assert isinstance(wish, InviteUser)
    assert [(set(one.space_ids), one.ends_on) for one in wish.grants] == [
        ({space_id(0), space_id(3)}, date(2026, 12, 31))
    ]
    assert desk.users.plan({(person_id, desk.place(1), LEAVE): GIVE}).given == 0
    assert desk.users.take_back(desk.outbox.waiting()[0].wish_id)
    kept = desk.users.draft(NEW)
    assert kept is not None
    assert (kept.last_name, kept.rights) == ("Morel", (Right.LEAVE,))


def test_all_that_is_wrong_with_an_invitation_is_told_at_once(desk: Desk) -> None:
    put(desk.store, desk.users, a_user("Zola", email="jeanne.morel@exemple.fr"))

    def wrong(**told: object) -> set[str]:
        return {each.field for each in desk.users.complaints(a_draft(**told), TODAY)}

    nothing = Draft()
    asked = {each.field for each in desk.users.complaints(nothing, TODAY)}
    assert asked == {"last_name", "first_name", "email", "rights", "spaces"}
    assert wrong(email="rh@exemple.fr") == {"email"}
    assert wrong() == {"email"}  # has an access already
    assert wrong(email="autre.personne@exemple.fr", first_name="evil.example") == {"first_name"}
    assert wrong(email="autre.personne@exemple.fr", ends_on=date(2026, 1, 1)) == {"ends_on"}
    tell(desk.store, desk.portfolio, desk.users, a_me(rights=[Right.USERS]))
    assert wrong(email="autre.personne@exemple.fr") == {"rights"}
    assert wrong(email="autre.personne@exemple.fr", first_name="evil.example") == {"first_name", "rights"}
    with pytest.raises(Invalid):
        desk.users.invite(a_draft(), TODAY)


def test_an_invitation_like_another_gives_what_one_may_give(desk: Desk) -> None:
    tell(desk.store, desk.portfolio, desk.users, a_me(rights=[Right.USERS, Right.LEAVE]))
    like = a_user("Zola", grants=(grant([Right.LEAVE, Right.CONTACT], [0, 1]), grant([Right.LEAVE], [2])))
    put(desk.store, desk.users, like, myself())
    draft = a_draft(rights=(), space_ids=(), like=like.person_id)
    assert desk.users.complaints(draft, TODAY) == ()
    assert desk.users.invited(draft).given == 3


# Her access


def test_suspending_and_removing_are_for_who_may(desk: Desk) -> None:
    partly = a_user("Zola", whole=False)
    put(desk.store, desk.users, partly, myself())
    with pytest.raises(Invalid):
        desk.users.suspend(partly.person_id, suspended=True)
    desk.users.remove(partly.person_id)
    assert desk.held(partly.person_id, 0) == 0
    with pytest.raises(Invalid):
        desk.users.remove(ME)
    assert desk.outbox.waiting()[0].request_id == partly.person_id


@pytest.mark.parametrize("state", [WishState.QUEUED, WishState.REFUSED])
def test_a_suspension_is_laid_over_unless_it_is_refused(desk: Desk, state: WishState) -> None:
    anne = a_user("Zola")
    put(desk.store, desk.users, anne, myself())
    desk.users.suspend(anne.person_id, suspended=True)
    if state is WishState.REFUSED:
        desk.outbox.refused(desk.outbox.waiting()[0].wish_id, Refused("Non.", kind="rights"))
    sheet = desk.users.sheet(anne.person_id, TODAY)
    assert sheet is not None
    assert sheet.suspended is (state is WishState.QUEUED)


# Giving


def test_the_workbook_tells_who_holds_what_and_no_cell_is_a_formula(desk: Desk) -> None:
    until = date(2026, 12, 31)
    bad: UserRecord = a_user("=1+1", grants=(grant([Right.CONTACT], [0]), grant([Right.LEAVE], [0, 2], until)))
    put(desk.store, desk.users, bad)
    rows = CalamineWorkbook.from_filelike(BytesIO(desk.users.workbook(dict(LABELS)))).get_sheet_by_index(0).to_python()
    assert len(rows) == 3
    heads = dict(zip(rows[0], rows[1], strict=False))
    assert (heads["Nom"], heads["Adhérent"], heads["Contact"]) == ("=1+1", "7000000", "Oui")
    assert heads["Arrêts de travail"] == "Oui, jusqu’au 31/12/2026"


def test_the_log_is_read_in_words_of_its_own(desk: Desk) -> None:
    record = AuditRecord(
        new_id(), NOW, "Claire Martin", "rights.grant", "Anne Zola", space_id(1), "leave contact until:2026-12-31"
    )
    asked: list[str | None] = []

    def ask(before: str | None) -> AuditPage:
        asked.append(before)
        return AuditPage(more=True, entries=(record,))

    told = Journal(desk.store, ask).entries("x")
    assert asked == ["x"]
    assert told.more
    entry = told.entries[0]
    assert (entry.member_number, entry.rights, entry.until) == ("7000001", ("leave", "contact"), date(2026, 12, 31))
