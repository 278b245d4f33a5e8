"""Requests as the portal told them: rows, the list and its days, filters, counts, themes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contract.catalogue import Topics
from contract.changes import Change
from contract.contact import (
    AttachmentRecord,
    Author,
    Closing,
    ReadMarkRecord,
    State,
)
from contract.identity import new_id
from contract.portfolio import Right
from desktop.services.contact import (
    Contact,
    Period,
    Pill,
    Query,
    RequestRow,
)
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store
from tests.services.matters import (
    TODAY,
    Fill,
    a_message,
    quiet,
    row,
    take,
)


def test_a_request_is_told_as_the_portal_told_it(fill: Fill, contact: Contact) -> None:
    world = fill()
    for request in world.requests:
        shown = row(contact, request.request_id)
        mine = [message for message in world.messages if message.request_id == request.request_id]
        assert (shown.subject, shown.file_number, shown.theme, shown.topic) == (
            request.subject,
            request.file_number,
            request.theme_label,
            request.topic_label,
        )
        assert (shown.opened_at, shown.moved_at, shown.closed) == (
            request.opened_at,
            request.moved_at,
            request.state == State.CLOSED,
        )
        assert (shown.author, shown.mine) == (request.author_name, request.author_id == world.me.person_id)
        assert shown.files == sum(len(message.attachments) for message in mine)
        assert [message.message_id for message in contact.conversation(request.request_id)] == [
            message.message_id for message in sorted(mine, key=lambda message: message.position)
        ]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("../../.config/autostart/x.txt", "x.txt"),
        (r"\\serveur\partage\avis.pdf", "avis.pdf"),
        ("avis\u202efdp.exe", "avisfdp_exe.bin"),
        ("Avis.pdf", "Avis.pdf"),
    ],
)
def test_the_name_of_a_file_is_one_for_this_computer(
    fill: Fill, contact: Contact, store: Store, told: str, shown: str
) -> None:
    world = fill()
    request = quiet(world, store, contact)
    file = AttachmentRecord(attachment_id=new_id(), name=told, media_type="application/pdf", size=5, sha256="0" * 64)
    take(store, contact, a_message(request, 3, attachments=(file,)), start=30_000)
    (row_,) = contact.conversation(request.request_id)[-1].attachments
    assert row_.name == shown


def test_what_is_gone_has_no_row(fill: Fill, contact: Contact) -> None:
    fill()
    assert contact.key_of(new_id()) is None
    assert contact.sheet(new_id()) is None
    assert contact.conversation(new_id()) == ()
    assert contact.rows([]) == []
    first, second = contact.listing(Query(), TODAY).ids[:2]
    assert [one.key for one in contact.rows([second, 999_999, first])] == [second, first]


@pytest.mark.parametrize(
    ("told", "marked", "pill"),
    [
        ({}, True, Pill.ANSWERED),
        ({}, False, Pill.ANSWERED),
        ({"state": State.CLOSED, "closing": Closing.DONE}, True, Pill.DONE),
        ({"state": State.CLOSED, "closing": Closing.DONE}, False, Pill.DONE),
        ({"state": State.CLOSED, "closing": Closing.DOCUMENT_AWAITED}, True, Pill.AWAITED),
        ({"state": State.CLOSED, "closing": Closing.DOCUMENT_AWAITED}, False, Pill.AWAITED),
        ({"state": "a_state_of_later", "closing": "unknown"}, True, Pill.ANSWERED),
    ],
)
def test_the_pill_says_how_it_stands_read_or_not(
    fill: Fill,
    store: Store,
    contact: Contact,
    told: dict[str, str],
    marked: bool,
    pill: Pill,
) -> None:
    request = quiet(fill(), store, contact, **told)
    if not marked:
        take(store, contact, ReadMarkRecord(request.request_id, request.space_id, 0), start=30_000)
    shown = row(contact, request.request_id)
    assert (shown.pill, shown.unread, shown.answered) == (pill, 0 if marked else 1, True)


def test_a_request_is_answered_until_the_clerk_writes_again(fill: Fill, store: Store, contact: Contact) -> None:
    request = quiet(fill(), store, contact)
    take(store, contact, a_message(request, 3, Author.CLERK), start=30_000)
    assert row(contact, request.request_id).pill is Pill.RECEIVED
    take(store, contact, a_message(request, 4), start=40_000)
    assert row(contact, request.request_id).pill is Pill.ANSWERED


# The list


def test_the_list_is_by_latest_movement_under_its_days(fill: Fill, store: Store, contact: Contact) -> None:
    world = fill()
    noon = datetime(2026, 11, 24, 12).astimezone(UTC)
    moments = [noon + timedelta(days=400), *(noon - timedelta(days=back) for back in (0, 1, 2, 6, 7, 23, 24, 400))]
    with store.write("contact") as db:
        for space_id in world.space_ids:
            contact.purge(db, space_id)
    for place, moment in enumerate(moments):
        quiet(world, store, contact, request_id=new_id(), moved_at=moment, file_number=str(place))
    listing = contact.listing(Query(), TODAY)
    assert [one.file_number for one in contact.rows(listing.ids)] == [str(place) for place in range(9)]
    assert listing.groups == (
        (0, "Aujourd’hui"),
        (2, "Hier"),
        (3, "dimanche 22 novembre"),
        (4, "mercredi 18 novembre"),
        (5, "Novembre 2026"),
        (7, "Octobre 2026"),
        (8, "Octobre 2025"),
    )
    searched = contact.listing(Query(text="mutuelle"), TODAY)
    assert (searched.ids, searched.groups) == (listing.ids, listing.groups)


def test_groups_of_a_search_begin_where_their_rows_do(fill: Fill, contact: Contact) -> None:
    fill()
    whole = contact.listing(Query(), TODAY)
    titles = {}
    for (first, title), (end, _) in zip(whole.groups, [*whole.groups[1:], (len(whole.ids), "")], strict=True):
        titles |= dict.fromkeys(whole.ids[first:end], title)
    for text in ("l", "lefevre", "prolongation", "bonjour"):
        listing = contact.listing(Query(text=text), TODAY)
        assert len(listing.ids) > 0
        shown = {}
        for (first, title), (end, _) in zip(listing.groups, [*listing.groups[1:], (len(listing.ids), "")], strict=True):
            assert end > first
            shown |= dict.fromkeys(listing.ids[first:end], title)
        assert shown == {key: titles[key] for key in listing.ids}
        order = {key: place for place, key in enumerate(whole.ids)}
        assert list(listing.ids) == sorted(listing.ids, key=order.__getitem__)


def test_filters_let_through_what_they_say(fill: Fill, contact: Contact, store: Store) -> None:
    fill()
    rows = contact.rows(contact.listing(Query(), TODAY).ids)
    space = rows[0].space_id
    asked: list[tuple[Query, Callable[[RequestRow], bool]]] = [
        (Query(space_id=space), lambda one: one.space_id == space),
        (Query(mine=True), lambda one: one.mine),
        (Query(unread=True), lambda one: one.unread > 0),
        (Query(pills=frozenset({Pill.DONE, Pill.AWAITED})), lambda one: one.pill in {Pill.DONE, Pill.AWAITED}),
        (Query(themes=frozenset({"Mes salariés"})), lambda one: one.theme == "Mes salariés"),
        (Query(origin="former"), lambda one: one.former),
        (Query(with_files=True), lambda one: one.files > 0),
        (Query(period=Period.QUARTER), lambda one: one.moved_at.astimezone().date() >= TODAY - timedelta(days=91)),
        (Query(period=Period.YEAR, mine=True, space_id=space),
         lambda one: one.mine and one.space_id == space
         and one.moved_at.astimezone().date() >= TODAY - timedelta(days=365)),
    ]  # fmt: skip
    for query, lets_through in asked:
        wanted = [one.key for one in rows if lets_through(one)]
        assert 0 < len(wanted) < len(rows)
        assert list(contact.listing(query, TODAY).ids) == wanted


def test_counts_are_of_the_scope_whatever_the_filters(fill: Fill, contact: Contact) -> None:
    fill()
    rows = contact.rows(contact.listing(Query(), TODAY).ids)
    for query in (Query(), Query(mine=True), Query(space_id=rows[0].space_id, text="x", unread=True)):
        mine = [
            one for one in rows
            if (one.mine or not query.mine) and query.space_id in (None, one.space_id)
        ]  # fmt: skip
        counts = contact.counts(query)
        assert (counts.all, counts.unread) == (len(mine), sum(one.unread > 0 for one in mine))
        assert counts.open == sum(not one.closed for one in mine)
        assert counts.pills == {pill: sum(one.pill is pill for one in mine) for pill in Pill}
    by_space: dict[str, int] = {}
    for one in rows:
        if one.unread:
            by_space[one.space_id] = by_space.get(one.space_id, 0) + 1
    assert contact.unread_by_space() == by_space
    assert contact.theme_labels() == tuple(sorted({one.theme for one in rows}, key=str.lower))


# Themes


def test_themes_are_those_of_the_catalogue_with_what_the_person_may(
    fill: Fill, store: Store, contact: Contact, portfolio: Portfolio
) -> None:
    assert contact.themes(None) == ()
    world = fill()
    first, second = world.space_ids[:2]
    spaces = tuple(
        msgspec.structs.replace(space, rights=(Right.CONTACT,) if space.space_id == first else ())
        for space in world.me.spaces
    )
    with store.write(portfolio.topic) as db:
        portfolio.take_in(db, msgspec.structs.replace(world.me, spaces=spaces))
    themes = contact.themes(first)
    assert [theme.label for theme in themes] == [theme.label for theme in world.catalogue.themes]
    allowed = {topic.code: topic for theme in themes for topic in theme.topics}
    assert allowed[Topics.OTHER].allowed
    leave_form = allowed[Topics.LEAVE]
    assert not leave_form.allowed
    assert "Droit leave" in leave_form.why_not
    assert "Claire Martin" in leave_form.why_not
    assert leave_form.documents == (("Avis d’arrêt de travail", True), ("Décomptes", False))
    other = contact.topic_form(Topics.OTHER, second)
    assert other is not None
    assert "Droit contact" in other.why_not
    anywhere = contact.topic_form(Topics.OTHER, None)
    assert anywhere is not None
    assert anywhere.allowed
    assert contact.topic_form("inconnu", None) is None


def test_an_unknown_change_or_field_is_passed_over(fill: Fill, store: Store, contact: Contact) -> None:
    request = quiet(fill(), store, contact)
    told = msgspec.to_builtins(msgspec.structs.replace(request, subject="Nouveau")) | {"of_later": {"a": [1]}}
    with store.write(contact.topic) as db:
        contact.apply(
            db,
            [
                Change(50_000, "declaration", new_id(), msgspec.Raw(b'{"what": "ever"}')),
                Change(50_001, "request", request.request_id, msgspec.Raw(msgspec.json.encode(told))),
            ],
        )
    assert row(contact, request.request_id).subject == "Nouveau"


def test_a_topic_needs_its_right_and_the_right_to_write(
    fill: Fill, store: Store, contact: Contact, portfolio: Portfolio
) -> None:
    world = fill()
    for rights, allowed in (
        ((Right.LEAVE,), False),
        ((Right.CONTACT,), False),
        ((Right.CONTACT, Right.LEAVE), True),
    ):
        spaces = (msgspec.structs.replace(world.me.spaces[0], rights=rights),)
        with store.write(portfolio.topic) as db:
            portfolio.take_in(db, msgspec.structs.replace(world.me, spaces=spaces))
        for space_id in (world.space_ids[0], None):
            topic = contact.topic_form(Topics.LEAVE, space_id)
            assert topic is not None
            assert (topic.allowed, topic.why_not == "") == (allowed, allowed)
