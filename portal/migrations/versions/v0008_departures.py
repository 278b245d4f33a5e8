"""Who has lost her last right where, so that only those who administer the space are told."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0008"
down_revision: Final = "0007"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.create_table(
        "departures",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("portfolio_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_departures_person_id")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_departures_space_id")),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolios.portfolio_id"], name=op.f("fk_departures_portfolio_id")),
        sa.PrimaryKeyConstraint("person_id", "space_id", name=op.f("pk_departures")),
    )
    op.create_index("ix_departures_number", "departures", ["portfolio_id", "number"])
