"""Coming in: signing in, creating an account, links and codes from an e-mail."""

from desktop.services.accounts import Credentials
from desktop.views.signin.page import SignIn, read_address

__all__ = ["Credentials", "SignIn", "read_address"]
