"""Sick leaves and the terms under which they are dealt with."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from portal.tables.ground import HASH, ID, TIME, metadata

leaves = Table(
    "leaves",
    metadata,
    Column("leave_id", ID, primary_key=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), nullable=False),
    Column("number", String(20), nullable=False, unique=True),
    Column("matricule", String(30), nullable=False),
    Column("last_name", String(100), nullable=False),
    Column("first_name", String(100), nullable=False),
    Column("nir", String(15), nullable=False),
    Column("motive", String(2), nullable=False),
    Column("last_day_worked", Date, nullable=False),
    Column("start", Date, nullable=False),
    Column("expected_end", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("subrogation", Boolean, nullable=False),
    Column("subrogation_from", Date, nullable=True),
    Column("subrogation_through", Date, nullable=True),
    Column("accident_on", Date, nullable=True),
    Column("relapse", Boolean, nullable=False),
    Column("returned_on", Date, nullable=True),
    Column("return_reason", String(2), nullable=True),
    Column("state", String(20), nullable=False),
    Column("origin", String(10), nullable=False),
    Column("author_id", ID, ForeignKey("persons.person_id"), nullable=True),
    Column("author_name", String(200), nullable=False),
    Column("declared_at", TIME, nullable=False),
    Column("moved_at", TIME, nullable=False),
    Column("followed_at", TIME, nullable=True),
    Column("ended_at", TIME, nullable=True),
    Column("withdrawn_at", TIME, nullable=True),
    Column("paid_at", TIME, nullable=True),
    Column("version", BigInteger, nullable=False),
    Column("terms", Text, nullable=False),
    Index("ix_leaves_space_id_last_day", "space_id", "last_day"),
)
"""`last_day` is the last day of absence as far as is known (`contract.periods.last_day`). `terms`: the contract's on
the first day of the leave, as JSON. `paid_at`: when an allowance was first paid for it."""

prolongations = Table(
    "prolongations",
    metadata,
    Column("prolongation_id", ID, primary_key=True),
    Column("leave_id", ID, ForeignKey("leaves.leave_id"), nullable=False, index=True),
    Column("start", Date, nullable=False),
    Column("through", Date, nullable=False),
    Column("declared_at", TIME, nullable=False),
)

leave_documents = Table(
    "leave_documents",
    metadata,
    Column("awaited_id", ID, primary_key=True),
    Column("leave_id", ID, ForeignKey("leaves.leave_id"), nullable=False, index=True),
    Column("place", Integer, nullable=False, default=0),
    Column("label", String(200), nullable=False),
    Column("asked_at", TIME, nullable=False),
    Column("answered_at", TIME, nullable=True),
)
"""Documents awaited, or that were."""

leave_files = Table(
    "leave_files",
    metadata,
    Column("attachment_id", ID, primary_key=True),
    Column("leave_id", ID, ForeignKey("leaves.leave_id"), nullable=False, index=True),
    Column("document", String(40), nullable=False),
    Column("name", String(255), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", HASH, nullable=False, index=True),
    Column("sent_at", TIME, nullable=False),
    Column("author_name", String(200), nullable=False),
)

contract_terms = Table(
    "contract_terms",
    metadata,
    Column("space_id", ID, ForeignKey("spaces.space_id"), primary_key=True),
    Column("code", String(30), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("value", Integer, nullable=False),
    Column("source", String(300), nullable=False),
)
"""The parameters of a space's contract, each from a day on; where there is none, the portal's own hold."""
