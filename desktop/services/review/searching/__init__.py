"""Search, filter, sort and sum a table of allowance lines as one types, up to some million lines."""

from collections.abc import Mapping
from types import MappingProxyType

from desktop.services.review.reading import table
from desktop.services.review.reading.headings import Taught
from desktop.services.review.reading.source import Nature, Source, nature
from desktop.services.review.searching.sheet import Found, Selection, Sheet, title
from desktop.services.review.whole import ReadFile

__all__ = ["Found", "Selection", "Sheet", "preview", "title"]

FIRST_ROWS = 200


def preview(source: Source, *, taught: Mapping[str, Taught] = MappingProxyType({})) -> ReadFile | None:
    """The first lines of a text table, long before all of it is read; None for what cannot be read in part (an archive,
    a workbook, a BPIJ). Raises `Unreadable`, `Unrecognised` as reading does."""
    if nature(source) is not Nature.TEXT:
        return None
    return table.preview(source, taught=taught)
