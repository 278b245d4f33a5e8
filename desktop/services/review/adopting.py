"""What was kept without an account becomes the account's of whoever signs in afterwards at the same place."""

import logging

from desktop.services.problems import Problem
from desktop.services.review.archive import correcting, deciding
from desktop.services.review.keeping import AlreadyKept, Keeping, Unread
from desktop.services.review.lessons import TOPIC

_log = logging.getLogger(__name__)
_TOPICS = (deciding.TOPIC, correcting.TOPIC, TOPIC)


def adopt(keeping: Keeping, stray: Keeping) -> int:
    """Moves the files of `stray` to `keeping`, and what was said of them; answers how many came, but for those that
    could not be read, which come too. A file that cannot be moved stays where it is. Cut short, it is begun anew the
    next time: what is said twice is said once."""
    moved = [each for each in stray.files() if _take(keeping, stray, each.sha256)]
    for topic in _TOPICS if moved else ():
        for entry in stray.entries(topic):
            keeping.add(topic, [entry.body], by=entry.by, at=entry.at)
    for each in moved:
        stray.erase(each.sha256)
    for unread in stray.unread():
        _take_unread(keeping, stray, unread)
    return len(moved)


def _take(keeping: Keeping, stray: Keeping, sha256: str) -> bool:
    kept = stray.find(sha256)
    try:
        source, read = stray.original(sha256), stray.reopen(sha256)
        keeping.keep(source, read, by=kept.by if kept else "", at=kept.kept_at if kept else None)
    except AlreadyKept:
        return True
    except Problem as problem:
        _log.warning("a kept file was not taken over: %s", type(problem).__name__)
        return False
    return True


def _take_unread(keeping: Keeping, stray: Keeping, unread: Unread) -> None:
    try:
        if keeping.find(unread.sha256) is None:
            data = stray.unread_bytes(unread.sha256)
            keeping.take_unread(unread, data)
        stray.erase(unread.sha256)
    except Problem as problem:
        _log.warning("an unread file was not taken over: %s", type(problem).__name__)
