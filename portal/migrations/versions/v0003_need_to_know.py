"""A request is seen by who has the right that its topic needs; topics that the catalogue does not know need none.

The epoch is renewed, so that clients read their feeds anew and give up what they may not see.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from portal.catalogue import themes

revision: Final = "0003"
down_revision: Final = "0002"
branch_labels: Final = None
depends_on: Final = None

_requests: Final = sa.table("requests", sa.column("request_id"), sa.column("topic"), sa.column("right"))
_messages: Final = sa.table("messages", sa.column("message_id"), sa.column("request_id"))
_changes: Final = sa.table("changes", sa.column("kind"), sa.column("entity_id"), sa.column("subject"))
_facts: Final = sa.table("facts", sa.column("name"))


def upgrade() -> None:
    op.add_column("requests", sa.Column("right", sa.String(length=30), nullable=False, server_default="contact"))
    topics: dict[str, list[str]] = {}
    for theme in themes().catalogue.themes:
        for topic in theme.topics:
            topics.setdefault(topic.right, []).append(topic.code)
    for right, codes in topics.items():
        op.execute(sa.update(_requests).where(_requests.c.topic.in_(codes)).values(right=right))
    asked = sa.select(_requests.c.right).where(_requests.c.request_id == _changes.c.entity_id)
    kinds = _changes.c.kind.in_(["request", "read_mark"]), asked.exists()
    op.execute(sa.update(_changes).where(*kinds).values(subject=asked.scalar_subquery()))
    written = (
        sa.select(_requests.c.right)
        .join_from(_messages, _requests, _messages.c.request_id == _requests.c.request_id)
        .where(_messages.c.message_id == _changes.c.entity_id)
    )
    messages = _changes.c.kind == "message", written.exists()
    op.execute(sa.update(_changes).where(*messages).values(subject=written.scalar_subquery()))
    op.execute(sa.delete(_facts).where(_facts.c.name == "epoch"))
