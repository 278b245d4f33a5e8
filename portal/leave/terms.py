"""The catalogue of leaves, and the terms that a space's contract sets on a day. The portal's own are data, in
`catalogue.json` beside this file."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Connection, select

from contract import paths
from contract.leave import LeaveCatalogue, LeaveTerms, SpaceTerms, Term
from contract.portfolio import Right
from portal import people
from portal.answers import Reply, entity_tags, nothing, one_of, say
from portal.caller import Ask, Doorkeeper
from portal.database import Database
from portal.openapi import Answer, Operation, Parameter, told
from portal.settings import Settings
from portal.tables import contract_terms, rights

_TERMS: Final = Operation(
    name="leave_terms",
    summary="The motives of leaves, the documents each wants, and the terms of the caller's spaces.",
    answers={
        200: Answer("All there is to know before a leave is declared.", LeaveCatalogue, headers=("ETag",)),
        304: Answer("It has not changed.", headers=("ETag",)),
    },
    headers=(Parameter("If-None-Match", "The `ETag` of what is here already."),),
)


class Terms:
    """The catalogue that every space shares, and the terms of each."""

    def __init__(self, catalogue: LeaveCatalogue, general: LeaveTerms, no_waiting: Term) -> None:
        self.catalogue = catalogue
        self._general, self._no_waiting = general, no_waiting

    def of_leave(self, db: Connection, space_id: str, motive: str, start: date) -> LeaveTerms:
        """The terms of a leave of this motive: only illness has a waiting period."""
        held, found = self.of(db, space_id, start), self.catalogue.motive(motive)
        ill = found is None or found.branch == "AS"
        return held if ill else msgspec.structs.replace(held, waiting_days=self._no_waiting)

    def of(self, db: Connection, space_id: str, on: date) -> LeaveTerms:
        """The terms of a space for a leave that starts on this day."""
        return self.of_all(db, [space_id], on)[space_id]

    def of_all(self, db: Connection, space_ids: Sequence[str], on: date) -> dict[str, LeaveTerms]:
        mine = contract_terms.c.space_id.in_(space_ids), contract_terms.c.since <= on
        found: dict[str, dict[str, Term]] = {space_id: {} for space_id in space_ids}
        for row in db.execute(select(contract_terms).where(*mine).order_by(contract_terms.c.since)):
            found[row.space_id][row.code] = Term(row.value, row.since, row.source)
        return {space_id: msgspec.structs.replace(self._general, **own) for space_id, own in found.items()}


def terms() -> Terms:
    """The terms of this portal."""
    text = (files("portal.leave") / "catalogue.json").read_bytes()
    told: dict[str, Any] = msgspec.json.decode(text)
    catalogue: LeaveCatalogue = msgspec.convert(told, LeaveCatalogue)
    return Terms(catalogue, msgspec.convert(told["terms"], LeaveTerms), msgspec.convert(told["no_waiting"], Term))


def routes(settings: Settings, database: Database, doorkeeper: Doorkeeper, known: Terms) -> Sequence[HTTPRouteHandler]:
    @get(paths.LEAVE_TERMS, opt=told(_TERMS))
    async def leave_terms(request: Ask) -> Reply:
        now = settings.now()
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            mine = rights.c.person_id == caller.person_id, rights.c.right == Right.LEAVE, people.live(now)
            space_ids = db.execute(select(rights.c.space_id).where(*mine).order_by(rights.c.space_id)).scalars().all()
            of_spaces = known.of_all(db, space_ids, now.date())
        spaces = tuple(SpaceTerms(space_id, of_spaces[space_id]) for space_id in space_ids)
        body = msgspec.json.encode(msgspec.structs.replace(known.catalogue, spaces=spaces))
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        if one_of(etag, entity_tags(request)):
            return nothing(304, {"ETag": etag})
        return say(body, headers={"ETag": etag})

    return (leave_terms,)
