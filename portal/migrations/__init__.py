"""The schema's history. A database is brought to the newest revision when the portal starts."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

NEWEST: Final = "0009"
"""The revision that `portal.tables` describes."""


def upgrade(db: Connection) -> None:
    """Brings the database behind `db` to `NEWEST`, inside the transaction that is open."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(7611111)"))  # two portals may start on one database at once
    if (
        inspect(db).has_table("alembic_version")
        and db.execute(text("SELECT version_num FROM alembic_version")).scalar() == NEWEST
    ):
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = db
    command.upgrade(config, "head")
