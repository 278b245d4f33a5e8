"""The payments that the portal has shown, as a source of the history like any file."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from desktop.services.review import codes
from desktop.services.review.archive import PORTAL_RANK, Part
from desktop.services.review.line import frame

SOURCE: Final = "portal"
NAME: Final = "Paiements du portail"


def part(columns: Mapping[str, Sequence[Any]]) -> Part:
    """`columns` are those of `line.COLUMNS` that the portal tells, all payments that it ever showed; kinds follow from
    the codes, as they do in the portal's own files."""
    known = {code: codes.kind_of(code).value for code in set(columns["code"])}
    kinds = [known[code] for code in columns["code"]]
    return Part(SOURCE, NAME, frame({**columns, "kind": pl.Series(kinds, dtype=pl.String)}), PORTAL_RANK)
