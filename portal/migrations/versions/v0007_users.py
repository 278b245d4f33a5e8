"""What administrators are told of the users of their spaces, and the journal of rights."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"
branch_labels: Final = None
depends_on: Final = None

_ADMINISTERING: Final = "\"right\" IN ('users', 'main_administrator')"
_MAIN: Final = "\"right\" = 'main_administrator'"

_persons: Final = sa.table("persons", sa.column("person_id"), sa.column("portfolio_id"), sa.column("administers"))
_rights: Final = sa.table("rights", sa.column("person_id"), sa.column("right"))
_audit: Final = sa.table("audit_log", sa.column("portfolio_id"), sa.column("subject_id"), sa.column("action"))


def upgrade() -> None:
    op.add_column("portfolios", sa.Column("users_head", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("persons", sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("persons", sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("persons", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("persons", sa.Column("users_number", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("persons", sa.Column("administers", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_persons_users_number", "persons", ["portfolio_id", "users_number", "person_id"])
    _index("ix_rights_ending", ["person_id", "ends_at"], "ends_at IS NOT NULL")
    _index("ix_rights_administering", ["person_id", "space_id"], _ADMINISTERING)
    _index("ix_rights_main", ["space_id", "person_id"], _MAIN)
    op.add_column("audit_log", sa.Column("portfolio_id", sa.String(length=36), nullable=True))
    op.create_index("ix_audit_log_portfolio_id", "audit_log", ["portfolio_id", "entry_id"])
    op.create_table(
        "right_uses",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("right", sa.String(length=30), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_right_uses_person_id")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_right_uses_space_id")),
        sa.PrimaryKeyConstraint("person_id", "space_id", "right", name=op.f("pk_right_uses")),
    )
    _fill()


def _index(name: str, columns: list[str], condition: str) -> None:
    op.create_index(name, "rights", columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))


def _fill() -> None:
    """What the columns would hold had they been there from the start."""
    administers = sa.select(_rights.c.person_id).where(
        _rights.c.person_id == _persons.c.person_id, _rights.c.right.in_(["users", "main_administrator"])
    )
    op.execute(sa.update(_persons).where(administers.exists()).values(administers=True))
    about = sa.select(_persons.c.portfolio_id).where(_persons.c.person_id == _audit.c.subject_id)
    kinds = sa.or_(_audit.c.action.like("rights.%"), _audit.c.action.like("person.%"))
    op.execute(sa.update(_audit).where(kinds).values(portfolio_id=about.scalar_subquery()))
