"""Having an account: making one, coming back into one by a link, and what one keeps of it."""

from portal.accounts import beginning, opening, own
from portal.accounts.page import routes as pages

__all__ = ["beginning", "opening", "own", "pages"]
