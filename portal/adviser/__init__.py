"""`volet-portal adviser`: the insurer's side, over the same rules as the API, on the database of a running portal.

The portal keeps nothing in memory, so that what is written here is told to the clients at their next question.
"""

from portal.adviser.command import main

__all__ = ["main"]
