"""The journal of rights: who did what about the persons of a portfolio, the latest first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from litestar import get
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Connection, Row, and_, or_, select, text

from contract import limits, paths
from contract.users import AuditPage, AuditRecord
from contract.wire import ProblemKind
from portal.answers import Reply, is_id, only_query, say
from portal.caller import Ask, Doorkeeper
from portal.database import SYSTEM, Database
from portal.openapi import Answer, Operation, Parameter, told
from portal.people import live
from portal.problems import Refusal, invalid
from portal.settings import Settings
from portal.tables import ADMINISTERING, advisers, audit_log, audit_places, persons, rights
from portal.users import records
from portal.users.records import Viewer

_SYSTEM: Final = "Système"
"""Who did what nobody did by hand."""

_AUDIT: Final = Operation(
    name="audit",
    summary="Read who did what to whose rights in the spaces that one administers, the latest first.",
    answers={200: Answer("A page of entries.", AuditPage)},
    refuses=(ProblemKind.RIGHTS, ProblemKind.INVALID),
    headers=(Parameter("before", "The identifier of the last entry that is here already.", place="query"),),
)


def routes(settings: Settings, database: Database, doorkeeper: Doorkeeper) -> Sequence[HTTPRouteHandler]:
    @get(paths.AUDIT, opt=told(_AUDIT))
    async def audit(request: Ask) -> Reply:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            before = only_query(request, "before")
            viewer = records.viewer(db, caller.person_id, caller.portfolio_id, settings.now())
            if not viewer.spaces:
                raise Refusal(ProblemKind.RIGHTS)
            if before is not None and not is_id(before):
                raise invalid("before", "Cet identifiant n’en est pas un.")
            rows = _entries(db, viewer, settings.now(), before)
            names = _names(db, rows)
        page = rows[: limits.AUDIT_PER_PAGE]
        return say(AuditPage(len(rows) > len(page), tuple(_told(row, names, settings.insurer) for row in page)))

    return (audit,)


def _entries(db: Connection, viewer: Viewer, now: datetime, before: str | None) -> Sequence[Row[Any]]:
    """A page and one more, if there is one: what was done in spaces that she administers, or by herself."""
    mine = rights.c.person_id == viewer.person_id, text(ADMINISTERING), live(now)
    administered = select(rights.c.space_id).where(*mine)
    there = audit_places.c.entry_id == audit_log.c.entry_id, audit_places.c.space_id.in_(administered)
    hers = or_(audit_log.c.actor_id == viewer.person_id, select(audit_places.c.entry_id).where(*there).exists())
    told = or_(audit_log.c.space_id.in_(administered), and_(audit_log.c.space_id.is_(None), hers))
    ours = audit_log.c.portfolio_id == viewer.portfolio_id
    query = select(audit_log).where(ours, told).order_by(audit_log.c.entry_id.desc()).limit(limits.AUDIT_PER_PAGE + 1)
    return db.execute(query if before is None else query.where(audit_log.c.entry_id < before)).all()


def _names(db: Connection, rows: Iterable[Row[Any]]) -> Mapping[str, str]:
    """Those who did it and those it was done to."""
    ids = {key for row in rows for key in (row.actor_id, row.subject_id) if key is not None}
    found = {}
    for table, key in ((persons, persons.c.person_id), (advisers, advisers.c.adviser_id)):
        query = select(key, table.c.first_name, table.c.last_name).where(key.in_(ids))
        for person_id, first, last in db.execute(query):
            found[person_id] = f"{first} {last}"
    return found


def _told(row: Row[Any], names: Mapping[str, str], insurer: str) -> AuditRecord:
    return AuditRecord(
        entry_id=row.entry_id,
        at=row.at,
        actor=_SYSTEM if row.actor_kind == SYSTEM.kind else names.get(row.actor_id, insurer),
        action=row.action,
        subject=names.get(row.subject_id, ""),
        space_id=row.space_id,
        detail=row.detail,
    )
