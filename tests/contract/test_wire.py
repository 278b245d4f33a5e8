"""Answers tolerate what they do not know; requests refuse it; identifiers are what they say."""

import uuid
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.allowances import ExportRecord, PaymentsRecord, RequestExport
from contract.changes import Change, Feed, Pull, Pulled
from contract.contact import MarkRead, MessageRecord, OpenRequest, RequestRecord, SendMessage
from contract.identity import is_siren, is_siret, new_id, only_digits
from contract.leave import (
    AnnounceReturn,
    CompleteLeave,
    DeclareLeave,
    LeaveAttachment,
    LeaveRecord,
    NewEmployee,
    ProlongLeave,
    WithdrawLeave,
)
from contract.portfolio import Right, SpaceRecord
from contract.users import (
    ChangeRights,
    CorrectUser,
    Grant,
    InviteAgain,
    InviteUser,
    RemoveUser,
    RightsChange,
    SuspendUser,
)
from contract.wire import Problem, ProblemKind, problem_kind
from contract.wishes import Wish

ID = "01a20c98-b164-79c9-a374-c9914cec91c4"


def test_an_answer_with_an_unknown_field_is_read() -> None:
    body = {"space_id": ID, "company_id": ID, "member_number": "0412877", "siret": "73282932000074", "label": ""}
    body |= {"rights": ["contact", "a-right-of-tomorrow"], "colour": "blue"}
    space = msgspec.json.decode(msgspec.json.encode(body), type=SpaceRecord)
    assert space.rights == ("contact", "a-right-of-tomorrow")


@pytest.mark.parametrize(
    "wish",
    [
        MarkRead(request_id=ID, through=3),
        SendMessage(request_id=ID, message_id=ID, text="Bonjour"),
        OpenRequest(request_id=ID, message_id=ID, space_id=ID, topic="autre.autre-question", subject="Question"),
        DeclareLeave(
            leave_id=ID,
            space_id=ID,
            employee=NewEmployee("Lefèvre", "Anne"),
            motive="01",
            last_day_worked=date(2026, 11, 2),
            start=date(2026, 11, 3),
            expected_end=date(2026, 11, 17),
        ),
        ProlongLeave(leave_id=ID, prolongation_id=ID, through=date(2026, 12, 1)),
        AnnounceReturn(leave_id=ID, returned_on=date(2026, 12, 2)),
        CompleteLeave(leave_id=ID, attachments=(LeaveAttachment(ID, "avis.pdf", 10, "0" * 64, document="avis"),)),
        WithdrawLeave(leave_id=ID, base_version=4),
        RequestExport(export_id=ID, space_ids=(ID,)),
        InviteUser(
            ID, "Mme", "Anne", "Lefèvre", "anne@exemple.fr", (Grant((Right.LEAVE,), (ID,), date(2026, 12, 31)),)
        ),
        ChangeRights((RightsChange(ID, 4, (ID,), add=(Right.CONTACT,), remove=(Right.LEAVE,)),)),
        CorrectUser(ID, 4, "M.", "Jean", "Le Goff"),
        SuspendUser(ID, 4, suspended=True),
        RemoveUser(ID, 4),
        InviteAgain(ID),
    ],
)
def test_a_wish_goes_round_and_refuses_an_unknown_field(wish: Wish) -> None:
    decoder = msgspec.json.Decoder(Wish)
    body = msgspec.json.encode(wish)
    assert decoder.decode(body) == wish
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        decoder.decode(body[:-1] + b',"colour":"blue"}')


def test_every_wish_of_the_union_has_a_sample_above() -> None:
    sampled = test_a_wish_goes_round_and_refuses_an_unknown_field.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {type(sample) for sample in sampled} == set(Wish.__args__)


def test_a_page_hands_on_records_unread_so_that_unknown_kinds_are_skipped() -> None:
    body = {"pages": [{"space_id": ID, "changes": [{"number": 4, "kind": "novelty", "id": ID, "record": {"x": 1}}]}]}
    page = msgspec.json.decode(msgspec.json.encode(body), type=Pulled[msgspec.Raw]).pages[0]
    change: Change[msgspec.Raw] = page.changes[0]
    assert (change.number, change.kind, bytes(change.record)) == (4, "novelty", b'{"x":1}')
    assert (page.cursor, page.more, page.reset, page.gone) == (None, False, False, False)


def test_records_carry_their_kind() -> None:
    kinds = {
        RequestRecord: "request",
        MessageRecord: "message",
        LeaveRecord: "leave",
        PaymentsRecord: "payments",
        ExportRecord: "export",
    }
    for record_type, kind in kinds.items():
        assert record_type.__struct_config__.tag == kind


def test_a_pull_has_bounds() -> None:
    decoder = msgspec.json.Decoder(Pull)
    feed = Feed(space_id=ID)
    assert decoder.decode(msgspec.json.encode(Pull(feeds=(feed,)))).limit == 500
    for bad in (Pull(feeds=()), Pull(feeds=(feed,), limit=10**9), Pull(feeds=(feed,) * 201)):
        with pytest.raises(msgspec.ValidationError):
            decoder.decode(msgspec.json.encode(bad))


def test_an_unknown_problem_kind_is_none() -> None:
    problem = Problem(type="urn:volet:problem:of-tomorrow", title="Non", status=418)
    assert problem_kind(problem) is None
    assert problem_kind(Problem(type="urn:volet:problem:stale", title="Non", status=412)) is ProblemKind.STALE


def test_new_ids_are_uuid7_and_sort_by_age() -> None:
    ids = [new_id() for _ in range(200)]
    assert len(set(ids)) == 200
    for text in ids:
        value = uuid.UUID(text)
        assert (value.version, value.variant, str(value)) == (7, uuid.RFC_4122, text)
    times = [text[:13] for text in ids]
    assert times == sorted(times)


@pytest.mark.parametrize("siret", ["73282932000074", "35600000000048", "35600000009075"])
def test_true_sirets(siret: str) -> None:
    assert is_siret(siret)


@pytest.mark.parametrize(
    "siret", ["73282932000075", "35600000009076", "7328293200007", "7328293200007a", "٣٥٦٠٠٠٠٠٠٠٠٠٤٨", ""]
)
def test_false_sirets(siret: str) -> None:
    assert not is_siret(siret)


@given(st.text(alphabet="0123456789", min_size=8, max_size=8))
def test_exactly_one_key_digit_makes_a_siren(body: str) -> None:
    assert sum(is_siren(body + key) for key in "0123456789") == 1


@given(st.text(alphabet="0123456789 \u00a0\u202f.-", max_size=30))
def test_only_digits_drops_what_people_put_between(text: str) -> None:
    assert only_digits(text) == "".join(c for c in text if c.isdigit())
