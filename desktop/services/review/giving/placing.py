"""A file of ours in a folder of the person's: written aside, and there only once it is whole."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from desktop.services.problems import Problem, Remedy


@contextmanager
def placed(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the place of `path` when it is done, and leaves no trace when it is not. Raises `Problem`
    when the folder cannot be written or the file is held open by a spreadsheet."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        _dropped(aside)
        raise _told(error) from error
    except BaseException:
        _dropped(aside)
        raise


def _dropped(aside: Path) -> None:
    with suppress(OSError):
        aside.unlink(missing_ok=True)


def _told(error: OSError) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem("Le disque est plein\u00a0: le fichier n’a pas été écrit.", Remedy.FREE_SPACE)
    return Problem(
        "Le fichier n’a pas pu être écrit\u00a0: fermez-le s’il est ouvert dans votre tableur, ou choisissez un autre "
        "dossier.",
        detail=type(error).__name__,
    )
