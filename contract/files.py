"""Names and kinds of files from outside: rebuilt and recognised, never trusted. Pure; reads no file."""

from pathlib import PurePosixPath

from contract.limits import MEDIA_TYPES


def media_type(name: str) -> str | None:
    """The media type that the ending promises; None for an ending that may not be attached."""
    return MEDIA_TYPES.get(PurePosixPath(name.lower()).suffix)
