"""Having an account: the links and mails that lead to one, and the second factor."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from portal.tables.ground import HASH, ID, TIME, metadata

links = Table(
    "links",
    metadata,
    Column("link_id", ID, primary_key=True),
    Column("token_hash", HASH, nullable=False, unique=True),
    Column("code_hash", HASH, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("email", String(254), nullable=False, index=True),
    Column("person_id", ID, ForeignKey("persons.person_id"), nullable=True, index=True),
    Column("payload", Text, nullable=False, default=""),
    Column("created_at", TIME, nullable=False),
    Column("expires_at", TIME, nullable=False, index=True),
    Column("used_at", TIME, nullable=True),
    Column("void_at", TIME, nullable=True),
)
"""`code_hash` is keyed (`portal.safe`): a short code has too few bits for a bare sum. `payload`: what an account to be
made was asked for with, as JSON. A request about an address that has no account leaves a row too, void from the start,
so that both cost the same."""

mails = Table(
    "mails",
    metadata,
    Column("mail_id", ID, primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", TIME, nullable=False, index=True),
    Column("next_at", TIME, nullable=True, index=True),
    Column("tries", Integer, nullable=False, default=0),
    Column("sent_at", TIME, nullable=True),
)
"""What is to be sent, written in the transaction that wants it. `payload` (JSON) holds a link's secret: it is emptied
once the mail is sent or given up, and `next_at` with it. Without a recipient it is written as all are, and sent to
nobody: a stranger is not to tell the two apart by the portal's work."""

second_factors = Table(
    "second_factors",
    metadata,
    Column("person_id", ID, ForeignKey("persons.person_id"), primary_key=True),
    Column("sealed_seed", String(200), nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("confirmed_at", TIME, nullable=True),
    Column("last_step", BigInteger, nullable=False, default=0),
)
"""`sealed_seed` is encrypted (`portal.safe`). `last_step`: the 30 seconds of the last code accepted, which is refused
from then on with all before it."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", ID, ForeignKey("persons.person_id"), primary_key=True),
    Column("code_hash", HASH, primary_key=True),
)
"""Those left: one that was used is gone."""
