"""The first schema."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.create_table(
        "advisers",
        sa.Column("adviser_id", sa.String(length=36), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("adviser_id", name=op.f("pk_advisers")),
        sa.UniqueConstraint("login", name=op.f("uq_advisers_login")),
    )
    op.create_table(
        "audit_log",
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=True),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"], unique=False)
    op.create_index(op.f("ix_audit_log_space_id"), "audit_log", ["space_id"], unique=False)
    op.create_table(
        "companies",
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_companies")),
        sa.UniqueConstraint("siren", name=op.f("uq_companies_siren")),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "portfolios",
        sa.Column("portfolio_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("portfolio_id", name=op.f("pk_portfolios")),
    )
    op.create_table(
        "tries",
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_tries")),
    )
    op.create_table(
        "persons",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("portfolio_id", sa.String(length=36), nullable=False),
        sa.Column("civility", sa.String(length=10), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("profile_version", sa.BigInteger(), nullable=False),
        sa.Column("rights_end_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolios.portfolio_id"], name=op.f("fk_persons_portfolio_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_persons")),
        sa.UniqueConstraint("email", name=op.f("uq_persons_email")),
    )
    op.create_index(op.f("ix_persons_portfolio_id"), "persons", ["portfolio_id"], unique=False)
    op.create_table(
        "spaces",
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("member_number", sa.String(length=20), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.company_id"], name=op.f("fk_spaces_company_id")),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_spaces")),
        sa.UniqueConstraint("member_number", name=op.f("uq_spaces_member_number")),
    )
    op.create_index(op.f("ix_spaces_company_id"), "spaces", ["company_id"], unique=False)
    op.create_table(
        "changes",
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_changes_space_id")),
        sa.PrimaryKeyConstraint("space_id", "number", name=op.f("pk_changes")),
        sa.UniqueConstraint(
            "space_id", "kind", "entity_id", "person_id", name=op.f("uq_changes_space_id_kind_entity_id_person_id")
        ),
    )
    op.create_table(
        "devices",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_devices_person_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_devices")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_devices_secret_hash")),
    )
    op.create_index(op.f("ix_devices_person_id"), "devices", ["person_id"], unique=False)
    op.create_table(
        "families",
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("current_hash", sa.String(length=64), nullable=False),
        sa.Column("next_hash", sa.String(length=64), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_families_person_id")),
        sa.PrimaryKeyConstraint("family_id", name=op.f("pk_families")),
        sa.UniqueConstraint("current_hash", name=op.f("uq_families_current_hash")),
        sa.UniqueConstraint("next_hash", name=op.f("uq_families_next_hash")),
    )
    op.create_index(op.f("ix_families_person_id"), "families", ["person_id"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("wish_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_outcomes_person_id")),
        sa.PrimaryKeyConstraint("person_id", "wish_id", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_at"), "outcomes", ["at"], unique=False)
    op.create_table(
        "portfolio_spaces",
        sa.Column("portfolio_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("touched", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.portfolio_id"], name=op.f("fk_portfolio_spaces_portfolio_id")
        ),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_portfolio_spaces_space_id")),
        sa.PrimaryKeyConstraint("portfolio_id", "space_id", name=op.f("pk_portfolio_spaces")),
    )
    op.create_index(op.f("ix_portfolio_spaces_space_id"), "portfolio_spaces", ["space_id"], unique=False)
    op.create_index("ix_portfolio_spaces_touched", "portfolio_spaces", ["portfolio_id", "touched"], unique=False)
    op.create_table(
        "requests",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("file_number", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("theme_label", sa.String(length=120), nullable=False),
        sa.Column("topic_label", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("closing", sa.String(length=30), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_version", sa.BigInteger(), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["persons.person_id"], name=op.f("fk_requests_author_id")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_requests_space_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_requests")),
        sa.UniqueConstraint("file_number", name=op.f("uq_requests_file_number")),
    )
    op.create_index("ix_requests_moved_at", "requests", ["moved_at"], unique=False)
    op.create_index(op.f("ix_requests_space_id"), "requests", ["space_id"], unique=False)
    op.create_table(
        "rights",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.String(length=36), nullable=False),
        sa.Column("right", sa.String(length=30), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_rights_person_id")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.space_id"], name=op.f("fk_rights_space_id")),
        sa.PrimaryKeyConstraint("person_id", "space_id", "right", name=op.f("pk_rights")),
    )
    op.create_index(op.f("ix_rights_space_id"), "rights", ["space_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_uploads_person_id")),
        sa.PrimaryKeyConstraint("person_id", "sha256", name=op.f("pk_uploads")),
    )
    op.create_table(
        "access_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["families.family_id"], name=op.f("fk_access_tokens_family_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_access_tokens")),
    )
    op.create_index(op.f("ix_access_tokens_family_id"), "access_tokens", ["family_id"], unique=False)
    op.create_table(
        "awaited_documents",
        sa.Column("awaited_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.request_id"], name=op.f("fk_awaited_documents_request_id")),
        sa.PrimaryKeyConstraint("awaited_id", name=op.f("pk_awaited_documents")),
    )
    op.create_index(op.f("ix_awaited_documents_request_id"), "awaited_documents", ["request_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.request_id"], name=op.f("fk_messages_request_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_messages")),
        sa.UniqueConstraint("request_id", "position", name=op.f("uq_messages_request_id_position")),
    )
    op.create_table(
        "read_marks",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], name=op.f("fk_read_marks_person_id")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.request_id"], name=op.f("fk_read_marks_request_id")),
        sa.PrimaryKeyConstraint("person_id", "request_id", name=op.f("pk_read_marks")),
    )
    op.create_table(
        "spent_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["families.family_id"], name=op.f("fk_spent_tokens_family_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_spent_tokens")),
    )
    op.create_index(op.f("ix_spent_tokens_family_id"), "spent_tokens", ["family_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name=op.f("fk_attachments_message_id")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.request_id"], name=op.f("fk_attachments_request_id")),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_message_id"), "attachments", ["message_id"], unique=False)
    op.create_index(op.f("ix_attachments_request_id"), "attachments", ["request_id"], unique=False)
