"""Every operation × every kind of caller × her own and another company's space: each cell has its one expected answer.

The operations come from the OpenAPI document. One without a row here fails, and so does a row without an operation.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from httpx import Response
from litestar.testing import TestClient
from sqlalchemy import update

from contract import paths
from contract.identity import new_id
from contract.portfolio import Right
from portal import grants, people
from portal.app import openapi_document
from portal.caller import hash_of
from portal.database import SYSTEM, unix
from portal.tables import access_tokens, persons, rights
from tests.portal.test_allowances import asking, former, paid, waited
from tests.portal.world import PASSWORD, PDF, Person, World, declaration

OUTSIDE: Final = ("anonymous", "expired", "suspended")
RIGHTS: Final = tuple(right.value for right in Right)
OFFICES: Final = ("users", "main_administrator")
CALLERS: Final = (*OUTSIDE, "nobody", *RIGHTS, "all", "stranger", "lapsed")
KNOWN_AS: Final = {"expired": "contact", "lapsed": "nobody"}
"""`lapsed` had every right there until a moment ago, and nobody has taken note of it yet."""

Headers = dict[str, str]


@dataclass(frozen=True)
class Ground:
    """What there is to be seen in one of the two spaces: a request with an attachment and another about somebody's
    illness, made by who has all rights."""

    space_id: str
    request_id: str
    attachment_id: str
    ill_request_id: str
    ill_attachment_id: str
    leave_id: str
    leave_attachment_id: str
    transfer_id: str
    export_id: str
    device_id: str
    user_id: str

    def user(self, wish: str, **more: object) -> dict[str, Any]:
        """A wish about somebody who has rights there, that rests on a state she never had."""
        return {"wish": wish, "person_id": self.user_id, "base_version": 10**9} | more

    def leave(self, wish: str, **more: object) -> dict[str, Any]:
        """A wish about the leave that rests on a state it never had."""
        return {"wish": wish, "leave_id": self.leave_id, "base_version": 10**9} | more


@dataclass(frozen=True)
class Caller:
    name: str
    headers: Headers
    refresh: str


Call = Callable[[TestClient[Any], Caller, Ground], Response]
Expected = Callable[[str, str], str]


def sees(caller: str, space: str) -> bool:
    """Who has the right of contact there."""
    return caller == "stranger" if space == "other" else caller in ("contact", "all")


def enters(caller: str, space: str) -> bool:
    """Who has any right there."""
    return caller == "stranger" if space == "other" else caller in (*RIGHTS, "all")


def for_all(answer: str) -> Expected:
    return lambda _caller, _space: answer


def wish(body: Callable[[Ground], dict[str, Any]]) -> Call:
    return lambda client, caller, ground: client.put(paths.wish(new_id()), json=body(ground), headers=caller.headers)


def opening(topic: str, **more: object) -> Call:
    return wish(
        lambda ground: (
            {
                "wish": "open_request",
                "request_id": new_id(),
                "message_id": new_id(),
                "space_id": ground.space_id,
                "topic": topic,
                "subject": "Objet",
                "text": "Texte",
            }
            | more
        )
    )


def opens(caller: str, space: str) -> str:
    return "200" if sees(caller, space) else "403" if enters(caller, space) else "404"


def opens_with_another_right(caller: str, space: str) -> str:
    """A topic with a right of its own: neither that right alone nor contact alone is enough."""
    return "404" if not enters(caller, space) else "200" if caller in ("all", "stranger") else "403"


def writes(caller: str, space: str) -> str:
    return "200" if sees(caller, space) else "404"


def needs_to_know(caller: str, space: str) -> str:
    """About an illness: neither contact nor leave alone is enough."""
    return "200" if caller == ("stranger" if space == "other" else "all") else "404"


def pulled(caller: str, space: str) -> str:
    seen = sees(caller, space) or manages_leaves(caller, space) or is_paid(caller, space)
    return "200 seen" if seen else "200 empty" if enters(caller, space) else "200 gone"


def manages_leaves(caller: str, space: str) -> bool:
    """Who has the right of leave there, with contact or without."""
    return caller == "stranger" if space == "other" else caller in ("leave", "all")


def is_paid(caller: str, space: str) -> bool:
    """Who has the right of allowances there, with contact or without."""
    return caller == "stranger" if space == "other" else caller in ("allowances", "all")


def reads_payments(caller: str, space: str) -> str:
    return "200" if is_paid(caller, space) else "403" if enters(caller, space) else "404"


def declares(caller: str, space: str) -> str:
    return "200" if manages_leaves(caller, space) else "403" if enters(caller, space) else "404"


def handles(caller: str, space: str) -> str:
    """What rests on another state of the leave than it has changes nothing, so that the next caller finds it alike."""
    return "412" if manages_leaves(caller, space) else "404"


def terms_told(caller: str, space: str) -> str:
    return "200 named" if manages_leaves(caller, space) else "200 silent"


def declaring(ground: Ground) -> dict[str, Any]:
    return declaration(ground.space_id, employee={"last_name": f"Nom {new_id()}", "first_name": "Anne"})


def administers(caller: str, space: str) -> bool:
    return caller == "stranger" if space == "other" else caller in (*OFFICES, "all")


def manages(caller: str, space: str) -> str:
    """Who administers there, or elsewhere, or nothing; what rests on another state changes nothing."""
    if administers(caller, space):
        return "412"
    return "404" if caller in (*OFFICES, "all", "stranger") else "403"


def changes_rights(caller: str, space: str) -> str:
    return "412" if administers(caller, space) else "403" if enters(caller, space) else "404"


def invites(right: str) -> Expected:
    """With a right that she must hold herself."""

    def expected(caller: str, space: str) -> str:
        holds = caller in (right, "all", "stranger")
        return changes_rights(caller, space).replace("412", "200" if holds else "403")

    return expected


def inviting(right: str) -> Call:
    return wish(
        lambda ground: {
            "wish": "invite_user",
            "person_id": new_id(),
            "civility": "",
            "first_name": "Anne",
            "last_name": "Lefèvre",
            "email": f"lefevre.{new_id()[-12:]}@exemple.fr",
            "grants": [{"rights": [right], "space_ids": [ground.space_id]}],
        }
    )


def overseen(caller: str, space: str) -> str:
    """What is told to administrators only: of their own spaces."""
    if administers(caller, space):
        return "200 named"
    return "200 silent" if caller in (*OFFICES, "all", "stranger") else "403"


def told(caller: str, space: str) -> str:
    return "200 named" if enters(caller, space) else "200 silent"


RESUMED = {"employee": "Anne Lefèvre", "resumed_on": "2026-11-02", "part_time": "no"}
LEFT = {"employee": "Anne Lefèvre", "left_on": "2026-11-02", "reason": "resignation", "portability": "no"}


def posting(path: str, body: Callable[[Ground], dict[str, Any]], method: str = "POST") -> Call:
    return lambda client, caller, ground: client.request(method, path, json=body(ground), headers=caller.headers)


ACCOUNT_ROWS: Final[dict[str, list[tuple[Call, Expected]]]] = {
    "POST /v1/accounts": [
        (
            posting(
                paths.NEW_ACCOUNT,
                lambda _: {
                    "company_number": "732829320",
                    "member_number": "1002",
                    "civility": "Mme",
                    "first_name": "Anne",
                    "last_name": "Petit",
                    "email": "anne.petit@exemple.fr",
                },
            ),
            for_all("200"),
        )
    ],
    "POST /v1/links": [(posting(paths.NEW_LINK, lambda _: {"email": f"{new_id()}@exemple.fr"}), for_all("204"))],
    "POST /v1/links/shown": [(posting(paths.LINK_SHOWN, lambda _: {"secret": new_id()}), for_all("404"))],
    "POST /v1/links/used": [
        (posting(paths.LINK_USED, lambda _: {"link": {"secret": new_id()}, "password": PASSWORD}), for_all("404"))
    ],
    # Of one's own account only, and with one's own password only: another's is nowhere to be named
    "GET /v1/me/account": [
        (lambda client, caller, _: client.get(paths.ACCOUNT, headers=caller.headers), for_all("200"))
    ],
    "POST /v1/me/password": [
        (posting(paths.PASSWORD, lambda _: {"current": "faux", "password": PASSWORD}), for_all("422"))
    ],
    "POST /v1/me/second-factor": [(posting(paths.SECOND_FACTOR, lambda _: {"password": "faux"}), for_all("422"))],
    "PUT /v1/me/second-factor": [(posting(paths.SECOND_FACTOR, lambda _: {"code": "123456"}, "PUT"), for_all("422"))],
    "POST /v1/me/recovery-codes": [
        (posting(paths.RECOVERY_CODES, lambda _: {"password": "faux", "code": "123456"}), for_all("422"))
    ],
    "POST /v1/me/second-factor/end": [
        (posting(paths.SECOND_FACTOR_END, lambda _: {"password": "faux", "code": "123456"}), for_all("422"))
    ],
    "DELETE /v1/me/devices/{device_id}": [
        (
            lambda client, caller, ground: client.delete(
                paths.DEVICE.format(device_id=ground.device_id), headers=caller.headers
            ),
            # the computer of who has every right there: hers to forget, and nobody else's
            lambda caller, space: "204" if caller == ("stranger" if space == "other" else "all") else "404",
        )
    ],
}

WISHES: Final = "PUT /v1/wishes/{wish_id}"
SPENDING: Final = ("POST /v1/refresh", "POST /v1/sign-out")
"""What ends the session that it was asked in."""

ROWS: Final[dict[str, list[tuple[Call, Expected]]]] = {
    **ACCOUNT_ROWS,
    "POST /v1/sign-in": [
        (
            lambda client, caller, _: client.post(
                paths.SIGN_IN,
                json={
                    "email": f"{KNOWN_AS.get(caller.name, caller.name).replace('_', '.')}@exemple.fr",
                    "password": PASSWORD,
                },
            ),
            lambda caller, _: "401" if caller in ("anonymous", "suspended") else "200",
        )
    ],
    "POST /v1/refresh": [
        (
            lambda client, caller, _: client.post(paths.REFRESH, json={"refresh": caller.refresh}),
            lambda caller, _: "401" if caller in ("anonymous", "suspended") else "200",
        )
    ],
    "POST /v1/sign-out": [
        (lambda client, caller, _: client.post(paths.SIGN_OUT, headers=caller.headers), for_all("204"))
    ],
    "GET /v1/me": [(lambda client, caller, _: client.get(paths.ME, headers=caller.headers), told)],
    "GET /v1/catalogue": [
        (lambda client, caller, _: client.get(paths.CATALOGUE, headers=caller.headers), for_all("200"))
    ],
    "GET /v1/pulse": [(lambda client, caller, _: client.get(paths.PULSE, headers=caller.headers), told)],
    "POST /v1/changes": [
        (
            lambda client, caller, ground: client.post(
                paths.CHANGES, json={"feeds": [{"space_id": ground.space_id}]}, headers=caller.headers
            ),
            pulled,
        )
    ],
    WISHES: [
        (opening("autre.autre-question"), opens),
        (opening("prevoyance.reprise", fields=RESUMED), opens_with_another_right),
        (opening("salaries.radiation", fields=LEFT), opens_with_another_right),
        (opening("prevoyance.indemnites"), opens_with_another_right),
        (opening("cotisations.appel"), opens_with_another_right),
        (opening("contrat.documents", fields={"document": "notice"}), opens_with_another_right),
        (
            wish(
                lambda ground: {
                    "wish": "send_message",
                    "request_id": ground.request_id,
                    "message_id": new_id(),
                    "text": "Suite",
                }
            ),
            writes,
        ),
        (wish(lambda ground: {"wish": "mark_read", "request_id": ground.request_id, "through": 1}), writes),
        (
            wish(
                lambda ground: {
                    "wish": "send_message",
                    "request_id": ground.ill_request_id,
                    "message_id": new_id(),
                    "text": "Suite",
                }
            ),
            needs_to_know,
        ),
        (
            wish(lambda ground: {"wish": "mark_read", "request_id": ground.ill_request_id, "through": 1}),
            needs_to_know,
        ),
        (wish(declaring), declares),
        (wish(lambda ground: ground.leave("prolong_leave", prolongation_id=new_id(), through="2026-12-12")), handles),
        (wish(lambda ground: ground.leave("announce_return", returned_on="2026-11-20")), handles),
        (wish(lambda ground: ground.leave("complete_leave", attachments=[])), handles),
        (wish(lambda ground: ground.leave("withdraw_leave")), handles),
        (
            wish(lambda ground: {"wish": "request_export", "export_id": new_id(), "space_ids": [ground.space_id]}),
            reads_payments,
        ),
        (inviting("users"), invites("users")),
        (inviting("main_administrator"), invites("main_administrator")),
        (
            wish(
                lambda ground: {
                    "wish": "change_rights",
                    "changes": [
                        {
                            "person_id": ground.user_id,
                            "base_version": 10**9,
                            "space_ids": [ground.space_id],
                            "add": ["contact"],
                        }
                    ],
                }
            ),
            changes_rights,
        ),
        (wish(lambda ground: ground.user("correct_user", civility="", first_name="A", last_name="B")), manages),
        (wish(lambda ground: ground.user("suspend_user", suspended=True)), manages),
        (wish(lambda ground: ground.user("remove_user")), manages),
        (
            wish(lambda ground: {"wish": "invite_again", "person_id": ground.user_id}),
            lambda caller, space: manages(caller, space).replace("412", "422"),
        ),
    ],
    "GET /v1/users": [(lambda client, caller, _: client.get(paths.USERS, headers=caller.headers), overseen)],
    "GET /v1/audit": [(lambda client, caller, _: client.get(paths.AUDIT, headers=caller.headers), overseen)],
    "GET /v1/payments/{space_id}": [
        (
            lambda client, caller, ground: client.get(paths.payments(ground.space_id), headers=caller.headers),
            reads_payments,
        )
    ],
    "GET /v1/statements/{transfer_id}/{format}": [
        (
            lambda client, caller, ground: client.get(
                paths.statement(ground.transfer_id, "csv"), headers=caller.headers
            ),
            lambda caller, space: "200" if is_paid(caller, space) else "404",
        )
    ],
    "GET /v1/exports/{export_id}": [
        (
            lambda client, caller, ground: client.get(paths.export(ground.export_id), headers=caller.headers),
            # who asked for it, in either space, and nobody else
            lambda caller, space: "200" if caller == ("stranger" if space == "other" else "all") else "404",
        )
    ],
    "GET /v1/leave-terms": [
        (lambda client, caller, _: client.get(paths.LEAVE_TERMS, headers=caller.headers), terms_told)
    ],
    "HEAD /v1/uploads/{sha256}": [
        (
            lambda client, caller, _: client.head(
                paths.upload(hashlib.sha256(PDF).hexdigest()), headers=caller.headers
            ),
            # who sent the file, in either space, and nobody else
            lambda caller, _: "204" if caller in ("all", "stranger") else "404",
        )
    ],
    "PATCH /v1/uploads/{sha256}": [
        (
            lambda client, caller, ground: client.patch(
                paths.upload(hashlib.sha256(f"{caller.name} {ground.space_id}".encode()).hexdigest()),
                content=b"x",
                headers=caller.headers | {"Upload-Offset": "0", "Upload-Length": "36"},
            ),
            for_all("204"),
        )
    ],
    "GET /v1/attachments/{attachment_id}": [
        (
            lambda client, caller, ground: client.get(paths.attachment(ground.attachment_id), headers=caller.headers),
            writes,
        ),
        (
            lambda client, caller, ground: client.get(
                paths.attachment(ground.ill_attachment_id), headers=caller.headers
            ),
            needs_to_know,
        ),
        (
            lambda client, caller, ground: client.get(
                paths.attachment(ground.leave_attachment_id), headers=caller.headers
            ),
            lambda caller, space: "200" if manages_leaves(caller, space) else "404",
        ),
    ],
}

UNSIGNED: Final = frozenset(
    {
        "POST /v1/sign-in",
        "POST /v1/refresh",
        "POST /v1/accounts",
        "POST /v1/links",
        "POST /v1/links/shown",
        "POST /v1/links/used",
    }
)


def operations() -> list[str]:
    spoken = openapi_document()["paths"]
    return [f"{method.upper()} {path}" for path, methods in spoken.items() for method in methods]


def test_every_operation_has_its_row() -> None:
    assert sorted(operations()) == sorted(ROWS)


def grounds(client: TestClient[Any], world: World) -> dict[str, Ground]:
    found = {}
    for space, name, space_id in (("own", "all", world.own), ("other", "stranger", world.other)):
        person = Person(client, world, name)
        file = person.attachment()
        request_id = person.opened(space_id, attachments=[file])
        certificate = person.attachment()
        ill = person.opened(space_id, topic="prevoyance.reprise", fields=RESUMED, attachments=[certificate])
        notice = person.attachment()
        leave_id = person.declared(space_id, attachments=[{**notice, "document": "avis"}])
        attachments = [str(each["attachment_id"]) for each in (file, certificate, notice)]
        transfer_id = paid(world, former(), space_id=space_id)
        body = asking(world, space_id)
        person.wish(body)
        waited(person, body["export_id"], space_id)
        found[space] = Ground(
            space_id,
            request_id,
            attachments[0],
            ill,
            attachments[1],
            leave_id,
            attachments[2],
            transfer_id,
            body["export_id"],
            person.get(paths.ACCOUNT).json()["devices"][0]["device_id"],
            world.people["contact" if space == "own" else "stranger"],
        )
    return found


def caller_named(client: TestClient[Any], world: World, name: str) -> Caller:
    if name == "anonymous":
        return Caller(name, {}, "never given")
    if name == "suspended":
        with world.database.write() as tx:
            people.suspend(tx, SYSTEM, world.people[name], suspended=False)
    person = Person(client, world, KNOWN_AS.get(name, name))
    if name == "expired":
        with world.database.write() as tx:
            mine = access_tokens.c.token_hash == hash_of(person.tokens["access"])
            tx.db.execute(update(access_tokens).where(mine).values(expires_at=1))
    if name == "suspended":
        with world.database.write() as tx:
            people.suspend(tx, SYSTEM, person.person_id)
    return Caller(name, person.headers, person.tokens["refresh"])


def let_lapse(world: World, person_id: str) -> None:
    """As they stand in the database when the last second of the last day is over."""
    over = unix(world.clock.moment)
    cells: dict[grants.Cell, int | None] = {(person_id, world.own, code): over + 1 for code in RIGHTS}
    with world.database.write() as tx:
        grants.change(tx, SYSTEM, cells)
        tx.db.execute(update(rights).where(rights.c.person_id == person_id).values(ends_at=over))
        tx.db.execute(update(persons).where(persons.c.person_id == person_id).values(rights_end_at=over))


def verdict(answer: Response, ground: Ground) -> str:
    """The status, and for the operations that everybody may ask, whether they told anything of the space."""
    status = str(answer.status_code)
    if answer.status_code != 200:
        return status
    path = str(answer.request.url.path)
    if path == paths.CHANGES:
        page = answer.json()["pages"][0]
        return f"{status} gone" if page["gone"] else f"{status} seen" if page["changes"] else f"{status} empty"
    if path in (paths.ME, paths.PULSE, paths.LEAVE_TERMS, paths.USERS, paths.AUDIT):
        return f"{status} named" if ground.space_id in answer.text else f"{status} silent"
    return status


def test_every_cell_of_wishes(client: TestClient[Any], world: World) -> None:
    """On a ground of their own, which they change."""
    look_at_every_cell(WISHES, client, world, grounds(client, world), {})


def test_every_cell_of_questions(client: TestClient[Any], world: World) -> None:
    """On one ground for all of them: they leave no trace in the spaces."""
    there, signed_in = grounds(client, world), dict[str, Caller]()
    for operation in sorted(set(ROWS) - set(ACCOUNT_ROWS) - {WISHES}):
        look_at_every_cell(operation, client, world, there, signed_in)


def test_every_cell_about_accounts(client: TestClient[Any], world: World) -> None:
    """As questions. A day between two, for tries are counted."""
    there = grounds(client, world)
    for operation in sorted(ACCOUNT_ROWS):
        look_at_every_cell(operation, client, world, there, {})
        world.clock.forward(days=1)


def look_at_every_cell(
    operation: str,
    client: TestClient[Any],
    world: World,
    there: dict[str, Ground],
    signed_in: dict[str, Caller],
) -> None:
    wrong = []
    cells = 0
    for name in CALLERS:
        if name == "lapsed":
            let_lapse(world, world.people[KNOWN_AS[name]])
        for space, ground in there.items():
            known = None if operation in SPENDING else signed_in.get(name)
            caller = known or caller_named(client, world, name)
            if operation not in SPENDING:
                signed_in[name] = caller
            for number, (call, expected) in enumerate(ROWS[operation]):
                answer = call(client, caller, ground)
                wanted = expected(name, space)
                if name in OUTSIDE and operation not in UNSIGNED:
                    wanted = "401"
                if (found := verdict(answer, ground)) != wanted:
                    wrong.append(f"{name}, {space}, row {number}: {found} instead of {wanted}")
                assert answer.headers["cache-control"] == "no-store"
                assert answer.headers["x-content-type-options"] == "nosniff"
                cells += 1
    assert wrong == [], operation
    assert cells == len(CALLERS) * 2 * len(ROWS[operation])
