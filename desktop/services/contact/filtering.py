"""The filters of the list as a condition of SQL, the same for the copy, for what waits and for what was begun."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from desktop.services.contact.rows import Period, Pill, Query

_DAYS: Final = {Period.WEEK: 7, Period.MONTH: 30, Period.QUARTER: 91, Period.YEAR: 365}

Replies = tuple[int, ...]
"""The keys of the requests in which a reply is begun."""


def condition(query: Query, today: date | None, replies: Replies = ()) -> tuple[str, tuple[object, ...]]:
    """On the columns that `requests` and `shown_requests` have in common; all but the text of the search."""
    asked: list[tuple[str, tuple[object, ...]]] = [("1", ())]
    if query.space_id is not None:
        asked.append(("space_id = ?", (query.space_id,)))
    if query.mine:
        asked.append(("author_id = (SELECT person_id FROM person)", ()))
    if query.unread:
        asked.append(("unread > 0", ()))
    if query.pills:
        drafted = f" OR key IN ({','.join(map(str, replies))})" if replies and Pill.DRAFT in query.pills else ""
        asked.append((f"(pill IN ({_marks(query.pills)}){drafted})", tuple(sorted(query.pills))))
    if query.themes:
        asked.append((f"theme_label IN ({_marks(query.themes)})", tuple(sorted(query.themes))))
    if query.origin is not None:
        asked.append(("origin = ?", (query.origin,)))
    if query.with_files:
        asked.append(("files > 0", ()))
    if today is not None and query.period is not Period.ANY:
        asked.append(("moved_at >= ?", (midnight(today - timedelta(days=_DAYS[query.period])),)))
    return " AND ".join(sql for sql, _ in asked), tuple(value for _, values in asked for value in values)


def _marks(values: frozenset[Any]) -> str:
    return ",".join("?" * len(values))


def midnight(day: date) -> int:
    """Microseconds of the moment at which this day begins here."""
    return int(datetime.combine(day, time()).astimezone().timestamp()) * 1_000_000
