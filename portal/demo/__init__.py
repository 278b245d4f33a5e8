"""The demo: a seeded world of any size, and the command that serves it."""

from collections.abc import Sequence

from portal.demo.world import PASSWORD, NotEmpty, World, is_empty, seed

__all__ = ["PASSWORD", "NotEmpty", "World", "is_empty", "main", "seed"]


def main(argv: Sequence[str]) -> int:
    """`volet-portal demo`. Answers the exit code."""
    from portal.demo import command

    return command.main(argv)
