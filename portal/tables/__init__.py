"""All tables of the portal. Times are UTC; identifiers are UUIDs in text; secrets are kept as SHA-256 only."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from portal.tables.accounts import links, mails, recovery_codes, second_factors
from portal.tables.allowances import exports, payments, statements, transfers
from portal.tables.ground import HASH, ID, TIME, Instant, metadata
from portal.tables.leaves import contract_terms, leave_documents, leave_files, leaves, prolongations
from portal.tables.users import audit_places, departures, right_uses

__all__ = [
    "Instant",
    "access_tokens",
    "advisers",
    "attachments",
    "audit_log",
    "audit_places",
    "awaited_documents",
    "changes",
    "companies",
    "contract_terms",
    "departures",
    "devices",
    "exports",
    "facts",
    "families",
    "leave_documents",
    "leave_files",
    "leaves",
    "links",
    "mails",
    "messages",
    "metadata",
    "outcomes",
    "payments",
    "persons",
    "portfolio_spaces",
    "portfolios",
    "prolongations",
    "read_marks",
    "recovery_codes",
    "requests",
    "right_uses",
    "rights",
    "second_factors",
    "spaces",
    "spent_tokens",
    "statements",
    "transfers",
    "tries",
    "uploads",
]

ADMINISTERING: Final = "\"right\" IN ('users', 'main_administrator')"
MAIN: Final = "\"right\" = 'main_administrator'"
"""The few rights that indices of their own find. SQLite uses such an index only where a query says the very same."""


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# Companies, their adhérents, and who looks after them

companies = Table(
    "companies",
    metadata,
    Column("company_id", ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("siren", String(9), nullable=False, unique=True),
)

spaces = Table(
    "spaces",
    metadata,
    Column("space_id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.company_id"), nullable=False, index=True),
    Column("member_number", String(20), nullable=False, unique=True),
    Column("siret", String(14), nullable=False),
    Column("label", String(200), nullable=False, default=""),
    Column("head", BigInteger, nullable=False, default=0),
    Column("floor", BigInteger, nullable=False, default=0),
)
"""`head` is the space's counter: bumped in the transaction that writes, so that its order is the order of commits.
`floor` is the greatest number among the tombstones forgotten: a cursor below it has missed something."""

portfolios = Table(
    "portfolios",
    metadata,
    Column("portfolio_id", ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("head", BigInteger, nullable=False, default=0),
    Column("users_head", BigInteger, nullable=False, server_default="0"),
)
"""`head` is bumped with each of its spaces': one number tells whether anything changed anywhere. `users_head` is bumped
with whatever administrators are told of its persons."""

portfolio_spaces = Table(
    "portfolio_spaces",
    metadata,
    Column("portfolio_id", ID, ForeignKey("portfolios.portfolio_id"), primary_key=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), primary_key=True, index=True),
    Column("touched", BigInteger, nullable=False, default=0),
    Index("ix_portfolio_spaces_touched", "portfolio_id", "touched"),
)
"""`touched` is the portfolio's head when the space last changed."""

persons = Table(
    "persons",
    metadata,
    Column("person_id", ID, primary_key=True),
    Column("portfolio_id", ID, ForeignKey("portfolios.portfolio_id"), nullable=False, index=True),
    Column("civility", String(10), nullable=False, default=""),
    Column("first_name", String(100), nullable=False),
    Column("last_name", String(100), nullable=False),
    Column("email", String(254), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=True),
    Column("suspended", Boolean, nullable=False, default=False),
    Column("profile_version", BigInteger, nullable=False, default=1),
    Column("rights_end_at", BigInteger, nullable=True),
    Column("phone", String(30), nullable=False, server_default=""),
    Column("function", String(100), nullable=False, server_default=""),
    Column("invited_at", TIME, nullable=True),
    Column("signed_in_at", TIME, nullable=True),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("users_number", BigInteger, nullable=False, server_default="0"),
    Column("administers", Boolean, nullable=False, server_default=false()),
    Index("ix_persons_users_number", "portfolio_id", "users_number", "person_id"),
)
"""`email` as `people.as_kept` spells it. `profile_version` moves with whatever `Me` tells: name, rights, spaces.
`rights_end_at` is the first of the moments (Unix seconds) at which one of her rights ends, so that the pulse need not
look at them all.

`version` moves with who she is, her state and her rights: what a wish about her rests on. `users_number` is the
portfolio's `users_head` when what administrators are told of her last changed. `administers`: she has a right of
`users` or `main_administrator` somewhere."""

advisers = Table(
    "advisers",
    metadata,
    Column("adviser_id", ID, primary_key=True),
    Column("first_name", String(100), nullable=False),
    Column("last_name", String(100), nullable=False),
    Column("login", String(60), nullable=False, unique=True),
)

rights = Table(
    "rights",
    metadata,
    Column("person_id", ID, ForeignKey("persons.person_id"), primary_key=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), primary_key=True, index=True),
    Column("right", String(30), primary_key=True),
    Column("granted_at", TIME, nullable=False),
    Column("ends_at", BigInteger, nullable=True),
    Index("ix_rights_ending", "person_id", "ends_at", **_where("ends_at IS NOT NULL")),
    Index("ix_rights_administering", "person_id", "space_id", **_where(ADMINISTERING)),
    Index("ix_rights_main", "space_id", "person_id", **_where(MAIN)),
)
"""`ends_at` in seconds of the Unix epoch: it is compared at every request."""

# Sessions

families = Table(
    "families",
    metadata,
    Column("family_id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("persons.person_id"), nullable=False, index=True),
    Column("device_id", ID, nullable=False),
    Column("current_hash", HASH, nullable=False, unique=True),
    Column("next_hash", HASH, nullable=True, unique=True),
    Column("rotated_at", TIME, nullable=False),
    Column("used_at", TIME, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("revoked_at", TIME, nullable=True),
)
"""One sign-in on one device. `next_hash` is a refresh token answered but not yet used."""

spent_tokens = Table(
    "spent_tokens",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    Column("family_id", ID, ForeignKey("families.family_id"), nullable=False, index=True),
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    Column("family_id", ID, ForeignKey("families.family_id"), nullable=False, index=True),
    Column("person_id", ID, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
"""`expires_at` in seconds of the Unix epoch: it is compared at every request."""

devices = Table(
    "devices",
    metadata,
    Column("device_id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("persons.person_id"), nullable=False, index=True),
    Column("secret_hash", HASH, nullable=False, unique=True),
    Column("name", String(80), nullable=False, default=""),
    Column("created_at", TIME, nullable=False),
    Column("used_at", TIME, nullable=False),
)

tries = Table(
    "tries",
    metadata,
    Column("bucket", String(120), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("not_before", TIME, nullable=False),
    Column("day", String(10), nullable=False),
)
"""Failed sign-ins by bucket: `account:<hash>` for strangers, `device:<id>` for a known device, `address:<ip>`; wrong
codes of a second factor: `factor:<person or device>`."""

# Requests

requests = Table(
    "requests",
    metadata,
    Column("request_id", ID, primary_key=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), nullable=False, index=True),
    Column("file_number", String(20), nullable=False, unique=True),
    Column("topic", String(80), nullable=False),
    Column("right", String(30), nullable=False, server_default="contact"),
    Column("theme_label", String(120), nullable=False),
    Column("topic_label", String(120), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("state", String(20), nullable=False),
    Column("closing", String(30), nullable=True),
    Column("origin", String(10), nullable=False),
    Column("author_id", ID, ForeignKey("persons.person_id"), nullable=True),
    Column("author_name", String(200), nullable=False),
    Column("opened_at", TIME, nullable=False),
    Column("moved_at", TIME, nullable=False),
    Column("state_version", BigInteger, nullable=False),
    Column("message_count", Integer, nullable=False, default=0),
    Column("fields", Text, nullable=False, default="[]"),
    Index("ix_requests_moved_at", "moved_at"),
)
"""`request_id` is the client's reference and unique for ever: a request can never be opened twice.
`right` is its topic's: what one needs in the space, beside `contact`, to see it. `fields`: JSON list of
(label, value)."""

awaited_documents = Table(
    "awaited_documents",
    metadata,
    Column("awaited_id", ID, primary_key=True),
    Column("request_id", ID, ForeignKey("requests.request_id"), nullable=False, index=True),
    Column("place", Integer, nullable=False, default=0),
    Column("label", String(200), nullable=False),
    Column("asked_at", TIME, nullable=False),
    Column("answered_at", TIME, nullable=True),
)

messages = Table(
    "messages",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("request_id", ID, ForeignKey("requests.request_id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("author", String(10), nullable=False),
    Column("author_id", ID, nullable=True),
    Column("author_name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", TIME, nullable=False),
    UniqueConstraint("request_id", "position"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("attachment_id", ID, primary_key=True),
    Column("message_id", ID, ForeignKey("messages.message_id"), nullable=False, index=True),
    Column("request_id", ID, ForeignKey("requests.request_id"), nullable=False, index=True),
    Column("name", String(255), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", HASH, nullable=False, index=True),
)

read_marks = Table(
    "read_marks",
    metadata,
    Column("person_id", ID, ForeignKey("persons.person_id"), primary_key=True),
    Column("request_id", ID, ForeignKey("requests.request_id"), primary_key=True),
    Column("through", Integer, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    Column("person_id", ID, ForeignKey("persons.person_id"), primary_key=True),
    Column("sha256", HASH, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False, default=0),
    Column("complete", Boolean, nullable=False, default=False),
    Column("media_type", String(100), nullable=True),
    Column("created_at", TIME, nullable=False),
)
"""What a person has sent, whole or in part. A file can be attached only by who sent it: to know a sum is not to own
the file."""

# What makes it safe to repeat, to follow and to check

outcomes = Table(
    "outcomes",
    metadata,
    Column("person_id", ID, ForeignKey("persons.person_id"), primary_key=True),
    Column("wish_id", ID, primary_key=True),
    Column("fingerprint", HASH, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", TIME, nullable=False, index=True),
)

changes = Table(
    "changes",
    metadata,
    Column("space_id", ID, ForeignKey("spaces.space_id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("entity_id", ID, nullable=False),
    Column("person_id", ID, nullable=False, default=""),
    Column("body", Text, nullable=True),
    Column("at", TIME, nullable=False),
    UniqueConstraint("space_id", "kind", "entity_id", "person_id"),
    Index("ix_changes_gone", "at", sqlite_where=text("body IS NULL"), postgresql_where=text("body IS NULL")),
)
"""One row a thing: a change moves it to the next number, so that a feed read from 0 is a snapshot. `subject` is the
right that one needs to be told; `body` the record as it goes out, null for a tombstone. `person_id` is empty, or names
the only person who is told."""

audit_log = Table(
    "audit_log",
    metadata,
    Column("entry_id", ID, primary_key=True),
    Column("at", TIME, nullable=False, index=True),
    Column("actor_kind", String(10), nullable=False),
    Column("actor_id", ID, nullable=True),
    Column("action", String(60), nullable=False),
    Column("space_id", ID, nullable=True, index=True),
    Column("subject_id", ID, nullable=True),
    Column("detail", String(200), nullable=False, default=""),
    Column("portfolio_id", ID, nullable=True),
    Index("ix_audit_log_portfolio_id", "portfolio_id", "entry_id"),
)
"""Who did what, when, where. Never what was written, nor anything about anybody's health. `portfolio_id`: of the person
whose account or rights it is about, whose administrators may read it."""

facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)
"""What the portal knows of itself: `epoch` (a new one makes every cursor of old void), `next_file_number`,
`next_leave_number`."""
