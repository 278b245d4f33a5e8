"""Search, filter, sort and sum a table of allowance lines as one types, up to some million lines."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from desktop.services.review.reading import table
from desktop.services.review.reading.headings import Taught
from desktop.services.review.reading.source import Nature, Source, beginning, nature
from desktop.services.review.searching.sheet import Found, Selection, Sheet, title
from desktop.services.review.whole import ReadFile

__all__ = ["Found", "Selection", "Sheet", "first_lines", "preview", "title"]

FIRST_ROWS = 200


def preview(source: Source, *, taught: Mapping[str, Taught] = MappingProxyType({})) -> ReadFile | None:
    """The first lines of a text table, long before all of it is read; None for what cannot be read in part (an archive,
    a workbook, a BPIJ). Raises `Unreadable`, `Unrecognised` as reading does."""
    if nature(source) is not Nature.TEXT:
        return None
    return table.preview(source, taught=taught)


def first_lines(path: Path, *, taught: Mapping[str, Taught] = MappingProxyType({}), beyond: int = 0) -> ReadFile | None:
    """The same of a file of more than `beyond` bytes, before even its bytes are read; None too where it cannot be."""
    source = beginning(path, table.PREVIEWED + 1, beyond=beyond)
    return preview(source, taught=taught) if source is not None else None
