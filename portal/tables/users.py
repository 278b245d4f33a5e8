"""What people do with their rights."""

from sqlalchemy import Column, Date, ForeignKey, String, Table

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
