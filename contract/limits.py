"""The sizes that both sides keep. The portal enforces them; the client tells of them before anything is sent."""

from typing import Final

FILE_BYTES: Final = 10 * 1024 * 1024
FILES_PER_MESSAGE: Final = 10
TEXT_CHARACTERS: Final = 10_000
SUBJECT_CHARACTERS: Final = 160
FIELD_CHARACTERS: Final = 2_000
NAME_BYTES: Final = 120
BODY_BYTES: Final = 256 * 1024
WISH_BYTES: Final = 1024 * 1024
"""A change of rights names its spaces one by one: some 26,000 of them."""
UPLOAD_CHUNK: Final = 1024 * 1024
CHANGES_PER_PAGE: Final = 500
FEEDS_PER_PULL: Final = 200
CURSOR_CHARACTERS: Final = 400
PASSWORD_CHARACTERS: Final = 128
PERSON_NAME_CHARACTERS: Final = 100
MATRICULE_CHARACTERS: Final = 30
PAYMENTS_PER_PAGE: Final = 2_000
SPACES_PER_EXPORT: Final = 200
SPACES_PER_CHANGE: Final = 5_000
GRANTS_PER_WISH: Final = 500
RIGHTS_PER_WISH: Final = 30_000
"""What one wish gives and takes: a right of a person in a space counts as one. The portal does nothing else
meanwhile."""
INVITATIONS_PER_DAY: Final = 200
"""What one administrator may send, invitations sent again included."""
INVITATIONS_TO_ONE_PER_DAY: Final = 5
USERS_PER_PAGE: Final = 500
AUDIT_PER_PAGE: Final = 200
EXPORT_LINES: Final = 1_048_575
"""What a sheet of Excel holds below its headings."""

MEDIA_TYPES: Final = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".txt": "text/plain",
    ".csv": "text/csv",
}
"""What may be attached: the ending, the declared type and the first bytes must agree (ASVS 5.2.2)."""
