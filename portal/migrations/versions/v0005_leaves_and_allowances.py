"""Sick leaves with the terms of the contracts, and daily allowances with their statements and exports."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.create_table(
        "contract_terms",
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_contract_terms_space_id")),
        sa.PrimaryKeyConstraint("space_id", "code", "since", name=op.f("pk_contract_terms")),
    )
    op.create_table(
        "exports",
        sa.Column("export_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("space_ids", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_exports_person_id")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_exports_space_id")),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_person_id"), "exports", ["person_id"])
    op.create_index(op.f("ix_exports_sha256"), "exports", ["sha256"])
    op.create_index(op.f("ix_exports_state"), "exports", ["state"])
    op.create_table(
        "leaves",
        sa.Column("leave_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("matricule", sa.String(length=30), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("nir", sa.String(length=15), nullable=False),
        sa.Column("motive", sa.String(length=2), nullable=False),
        sa.Column("last_day_worked", sa.Date(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("expected_end", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("subrogation", sa.Boolean(), nullable=False),
        sa.Column("subrogation_from", sa.Date(), nullable=True),
        sa.Column("subrogation_through", sa.Date(), nullable=True),
        sa.Column("accident_on", sa.Date(), nullable=True),
        sa.Column("relapse", sa.Boolean(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.String(length=2), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_leaves_space_id")),
        sa.ForeignKeyConstraint(["author_id"], ["persons.person_id"], name=op.f("fk_leaves_author_id")),
        sa.PrimaryKeyConstraint("leave_id", name=op.f("pk_leaves")),
        sa.UniqueConstraint("number", name=op.f("uq_leaves_number")),
    )
    op.create_index(op.f("ix_leaves_space_id_last_day"), "leaves", ["space_id", "last_day"])
    op.create_table(
        "transfers",
        sa.Column("transfer_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.String(length=10), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_transfers_space_id")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("reference", name=op.f("uq_transfers_reference")),
    )
    op.create_index(op.f("ix_transfers_space_id"), "transfers", ["space_id"])
    op.create_table(
        "leave_documents",
        sa.Column("awaited_id", sa.String(length=36), nullable=False),
        sa.Column("leave_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["leave_id"], ["leaves.leave_id"], name=op.f("fk_leave_documents_leave_id")),
        sa.PrimaryKeyConstraint("awaited_id", name=op.f("pk_leave_documents")),
    )
    op.create_index(op.f("ix_leave_documents_leave_id"), "leave_documents", ["leave_id"])
    op.create_table(
        "leave_files",
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("leave_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["leave_id"], ["leaves.leave_id"], name=op.f("fk_leave_files_leave_id")),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_leave_files")),
    )
    op.create_index(op.f("ix_leave_files_leave_id"), "leave_files", ["leave_id"])
    op.create_index(op.f("ix_leave_files_sha256"), "leave_files", ["sha256"])
    op.create_table(
        "payments",
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("transfer_id", sa.String(length=36), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("leave_number", sa.String(length=20), nullable=False),
        sa.Column("matricule", sa.String(length=30), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("nir", sa.String(length=15), nullable=False),
        sa.Column("branch", sa.String(length=2), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("sense", sa.String(length=15), nullable=False),
        sa.Column("leave_start", sa.Date(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("csg", sa.BigInteger(), nullable=False),
        sa.Column("crds", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.String(length=10), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_payments_space_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.transfer_id"], name=op.f("fk_payments_transfer_id")),
        sa.PrimaryKeyConstraint("space_id", "number", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_space_id_paid_on"), "payments", ["space_id", "paid_on", "number"])
    op.create_table(
        "prolongations",
        sa.Column("prolongation_id", sa.String(length=36), nullable=False),
        sa.Column("leave_id", sa.String(length=36), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["leave_id"], ["leaves.leave_id"], name=op.f("fk_prolongations_leave_id")),
        sa.PrimaryKeyConstraint("prolongation_id", name=op.f("pk_prolongations")),
    )
    op.create_index(op.f("ix_prolongations_leave_id"), "prolongations", ["leave_id"])
    op.create_table(
        "statements",
        sa.Column("transfer_id", sa.String(length=36), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.transfer_id"], name=op.f("fk_statements_transfer_id")),
        sa.PrimaryKeyConstraint("transfer_id", "format", name=op.f("pk_statements")),
    )
    op.create_index(op.f("ix_statements_sha256"), "statements", ["sha256"])
