"""Who is signed in. One refresh serves all who wait for it; the person is asked once."""

from collections.abc import Callable

from desktop.services.portal import Portal
from desktop.services.vault import Vault


class Session:
    """`on_change` is called from any thread when the person becomes signed in or out."""

    def __init__(self, portal: Portal, vault: Vault, on_change: Callable[[], None]) -> None:
        raise NotImplementedError

    @property
    def person_id(self) -> str | None: ...

    @property
    def signed_in(self) -> bool:
        """A refresh token is held and has not been refused."""
        raise NotImplementedError

    def sign_in(self, email: str, password: str) -> None:
        """Raises `Refused` (credentials, too many tries), `Offline`, `PortalFault`, `StoreFault`."""

    def access(self) -> str:
        """A good access token; refreshes when needed. Raises `SignInNeeded`, `Offline`, `PortalFault`."""
        raise NotImplementedError

    def expired(self, access: str) -> None:
        """The portal refused this access token: the next `access` refreshes (once for all who say so)."""

    def sign_out(self) -> None:
        """Tells the portal when it can be reached, and forgets the refresh token in any case."""
