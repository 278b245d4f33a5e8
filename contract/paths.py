"""Every address of the portal, once."""

from typing import Final
from urllib.parse import urlencode

SIGN_IN: Final = "/v1/sign-in"
REFRESH: Final = "/v1/refresh"
SIGN_OUT: Final = "/v1/sign-out"
ME: Final = "/v1/me"
ACCOUNT: Final = "/v1/me/account"
"""GET: `AccountRecord`."""
PASSWORD: Final = "/v1/me/password"  # noqa: S105  an address
"""POST `ChangePassword`: 204."""
SECOND_FACTOR: Final = "/v1/me/second-factor"
"""POST `BeginSecondFactor`: `SecondFactorBegun`; PUT `ConfirmSecondFactor`: `RecoveryCodes`."""
SECOND_FACTOR_END: Final = "/v1/me/second-factor/end"
"""POST `EndSecondFactor`: 204."""
RECOVERY_CODES: Final = "/v1/me/recovery-codes"
"""POST `NewRecoveryCodes`: `RecoveryCodes`."""
DEVICE: Final = "/v1/me/devices/{device_id}"
"""DELETE: 204; who is signed in there is signed out."""
NEW_ACCOUNT: Final = "/v1/accounts"
"""POST `BeginAccount`: `Begun`."""
NEW_LINK: Final = "/v1/links"
"""POST `AskLink`: 204."""
LINK_SHOWN: Final = "/v1/links/shown"
"""POST `Link`: `LinkRecord`."""
LINK_USED: Final = "/v1/links/used"
"""POST `UseLink`: 204; one signs in with the password then."""
USERS: Final = "/v1/users"
AUDIT: Final = "/v1/audit"
CATALOGUE: Final = "/v1/catalogue"
PULSE: Final = "/v1/pulse"
CHANGES: Final = "/v1/changes"
WISH: Final = "/v1/wishes/{wish_id}"
UPLOAD: Final = "/v1/uploads/{sha256}"
ATTACHMENT: Final = "/v1/attachments/{attachment_id}"
LEAVE_TERMS: Final = "/v1/leave-terms"
PAYMENTS: Final = "/v1/payments/{space_id}"
STATEMENT: Final = "/v1/statements/{transfer_id}/{format}"
EXPORT: Final = "/v1/exports/{export_id}"


def wish(wish_id: str) -> str:
    return WISH.format(wish_id=wish_id)


def upload(sha256: str) -> str:
    return UPLOAD.format(sha256=sha256)


def attachment(attachment_id: str) -> str:
    return ATTACHMENT.format(attachment_id=attachment_id)


def payments(space_id: str, after: int = 0) -> str:
    return f"{PAYMENTS.format(space_id=space_id)}?after={after}"


def statement(transfer_id: str, kind: str) -> str:
    """`kind` is one of `allowances.StatementFormat`."""
    return STATEMENT.format(transfer_id=transfer_id, format=kind)


def users(cursor: str | None) -> str:
    return f"{USERS}?{urlencode({'cursor': cursor})}" if cursor is not None else USERS


def audit(before: str | None) -> str:
    return f"{AUDIT}?{urlencode({'before': before})}" if before is not None else AUDIT


def export(export_id: str) -> str:
    return EXPORT.format(export_id=export_id)
