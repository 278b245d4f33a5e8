"""Every address of the portal, once."""

from typing import Final

SIGN_IN: Final = "/v1/sign-in"
REFRESH: Final = "/v1/refresh"
SIGN_OUT: Final = "/v1/sign-out"
ME: Final = "/v1/me"
CATALOGUE: Final = "/v1/catalogue"
PULSE: Final = "/v1/pulse"
CHANGES: Final = "/v1/changes"
WISH: Final = "/v1/wishes/{wish_id}"
UPLOAD: Final = "/v1/uploads/{sha256}"
ATTACHMENT: Final = "/v1/attachments/{attachment_id}"
LEAVE_TERMS: Final = "/v1/leave-terms"


def wish(wish_id: str) -> str:
    return WISH.format(wish_id=wish_id)


def upload(sha256: str) -> str:
    return UPLOAD.format(sha256=sha256)


def attachment(attachment_id: str) -> str:
    return ATTACHMENT.format(attachment_id=attachment_id)
