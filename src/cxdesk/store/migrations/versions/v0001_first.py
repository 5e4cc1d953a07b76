"""The first released schema: a desk of version 1 is made whole, from schema.sql."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing: no desk is older."""
