"""What people do with their rights, where they have none any more, and where things were done about them."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, String, Table

from portal.tables.ground import ID, metadata

right_uses = Table(
    "right_uses",
    metadata,
    Column("person_id", ID, ForeignKey("persons.person_id"), primary_key=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), primary_key=True),
    Column("right", String(30), primary_key=True),
    Column("used_on", Date, nullable=False),
)
"""The last day (in Paris) on which she did something in the space that needs the right."""

departures = Table(
    "departures",
    metadata,
    Column("person_id", ID, ForeignKey("persons.person_id"), primary_key=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), primary_key=True),
    Column("portfolio_id", ID, ForeignKey("portfolios.portfolio_id"), nullable=False),
    Column("number", BigInteger, nullable=True),
    Index("ix_departures_number", "portfolio_id", "number"),
)
"""She lost her last right in the space when the portfolio's `users_head` was `number`; none until the transaction ends.
Only those who administer the space are told that she is gone. She may have come back since."""

audit_places = Table(
    "audit_places",
    metadata,
    Column("entry_id", ID, ForeignKey("audit_log.entry_id", ondelete="CASCADE"), primary_key=True),
    Column("space_id", ID, ForeignKey("spaces.space_id"), primary_key=True),
)
"""The spaces that an entry of the journal about a whole person is about: those who administer one of them may read
it."""
