"""Attachments are found by the sum of their file: a person's files that wait to be attached are counted."""

from typing import Final

from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.create_index(op.f("ix_attachments_sha256"), "attachments", ["sha256"], unique=False)
