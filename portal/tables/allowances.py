"""Daily allowances: what was paid, the files of statements, and exports."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from portal.tables.ground import HASH, ID, TIME, metadata

transfers = Table(
    "transfers",
    metadata,
    Column("transfer_id", ID, primary_key=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), nullable=False, index=True),
    Column("reference", String(40), nullable=False, unique=True),
    Column("paid_on", Date, nullable=False),
    Column("payee", String(10), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("net", BigInteger, nullable=False),
)
"""What was paid at once to one payee: the space's payments numbered from `first` to `last`. `net` in cents."""

payments = Table(
    "payments",
    metadata,
    Column("space_id", ID, ForeignKey("spaces.space_id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("payment_id", ID, nullable=False),
    Column("transfer_id", ID, ForeignKey("transfers.transfer_id"), nullable=False),
    Column("origin", String(10), nullable=False),
    Column("leave_number", String(20), nullable=False),
    Column("matricule", String(30), nullable=False),
    Column("last_name", String(100), nullable=False),
    Column("first_name", String(100), nullable=False),
    Column("nir", String(15), nullable=False),
    Column("branch", String(2), nullable=False),
    Column("code", String(10), nullable=False),
    Column("label", String(100), nullable=False),
    Column("sense", String(15), nullable=False),
    Column("leave_start", Date, nullable=True),
    Column("start", Date, nullable=True),
    Column("end", Date, nullable=True),
    Column("days", Integer, nullable=False),
    Column("rate", BigInteger, nullable=False),
    Column("gross", BigInteger, nullable=False),
    Column("csg", BigInteger, nullable=False),
    Column("crds", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("net", BigInteger, nullable=False),
    Column("payee", String(10), nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("reference", String(40), nullable=False),
    Index("ix_payments_space_id_paid_on", "space_id", "paid_on", "number"),
)
"""Written once and never changed. `number` rises with `paid_on` within a space. `origin`: whether its file was begun in
the former space."""

statements = Table(
    "statements",
    metadata,
    Column("transfer_id", ID, ForeignKey("transfers.transfer_id"), primary_key=True),
    Column("format", String(10), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", HASH, nullable=False, index=True),
    Column("made_at", TIME, nullable=False),
)
"""Statements made, so that a download that was cut goes on in the same bytes."""

exports = Table(
    "exports",
    metadata,
    Column("export_id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("persons.person_id"), nullable=False, index=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), nullable=False),
    Column("space_ids", Text, nullable=False),
    Column("format", String(10), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("asked_at", TIME, nullable=False),
    Column("begun_at", TIME, nullable=True),
    Column("ready_at", TIME, nullable=True),
    Column("expires_at", TIME, nullable=True),
    Column("name", String(255), nullable=False, default=""),
    Column("media_type", String(100), nullable=False, default=""),
    Column("size", BigInteger, nullable=False, default=0),
    Column("sha256", HASH, nullable=True, index=True),
    Column("lines", BigInteger, nullable=False, default=0),
    Column("sentence", String(300), nullable=False, default=""),
)
"""`space_ids`: JSON list, sorted; `space_id` the first, in whose feed its author is told."""
