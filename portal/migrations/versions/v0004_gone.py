"""Tombstones are found by their age, without looking through all changes."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    gone = sa.text("body IS NULL")
    op.create_index("ix_changes_gone", "changes", ["at"], sqlite_where=gone, postgresql_where=gone)
