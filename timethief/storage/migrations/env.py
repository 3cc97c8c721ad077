"""How migrations run: on the connection that `timethief.storage.schema` hands over.

A migration does one thing. To drop or rename a column: add the new one, copy, let the code of one release
use it, and take the old one away in the next.
"""

from __future__ import annotations

from alembic import context

from timethief.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
