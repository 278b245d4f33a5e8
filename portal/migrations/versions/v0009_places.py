"""Where what the journal tells of a whole person was done, so that only those who administer there read it."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0009"
down_revision: Final = "0008"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    entry, space = op.f("fk_audit_places_entry_id"), op.f("fk_audit_places_space_id")
    op.create_table(
        "audit_places",
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_log.entry_id"], name=entry, ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=space),
        sa.PrimaryKeyConstraint("entry_id", "space_id", name=op.f("pk_audit_places")),
    )
