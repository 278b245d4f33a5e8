"""What was kept without an account becomes the account's of whoever signs in afterwards at the same place."""

import logging

from desktop.services.problems import Problem
from desktop.services.review.archive import correcting, deciding
from desktop.services.review.keeping import AlreadyKept, Keeping
from desktop.services.review.lessons import TOPIC

_log = logging.getLogger(__name__)
_TOPICS = (deciding.TOPIC, correcting.TOPIC, TOPIC)


def adopt(keeping: Keeping, stray: Keeping) -> int:
    """Moves the files of `stray` to `keeping`, and what was said of them; answers how many came. A file that cannot be
    moved stays where it is. Cut short, it is begun anew the next time: what is said twice is said once."""
    moved = [each for each in stray.files() if _take(keeping, stray, each.sha256)]
    for topic in _TOPICS if moved else ():
        for entry in stray.entries(topic):
            keeping.add(topic, [entry.body], by=entry.by, at=entry.at)
    for each in moved:
        stray.erase(each.sha256)
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
