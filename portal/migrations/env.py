"""Alembic's entry: it works on the connection that it is handed."""

from alembic import context

from portal.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
