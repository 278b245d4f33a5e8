"""Which database a test runs on, for modules where most tests would find the same on either."""

import shutil
from pathlib import Path
from typing import Final

import pytest

BOTH: Final = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""For a test that is about locks, moments, or statements that the two spell differently."""


def url_of(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: SQLite, unless the test is marked for `BOTH`."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return str(request.getfixturevalue("postgresql").new_database())
    shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "portal.db")
    return f"sqlite:///{tmp_path / 'portal.db'}"
