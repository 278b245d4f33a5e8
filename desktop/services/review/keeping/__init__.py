"""Every allowance file once and whole, in a folder of encrypted files: its original bytes, its lines as they were read,
and a register of what there is and of what people said of it; and what could not be read, until it can be or is taken
away. Nothing of it ever stands on the disk in clear.

Not on the GUI thread. Raises `StoreFault`; a file that is damaged leaves the others as they are.
"""

import hmac
import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from desktop.services import cipher
from desktop.services.problems import Problem, Remedy, StoreFault
from desktop.services.review.keeping import kept as parts
from desktop.services.review.keeping import places, register, sealed
from desktop.services.review.keeping import unread as lacking
from desktop.services.review.keeping.kept import Kept, newer
from desktop.services.review.keeping.places import RawLine
from desktop.services.review.keeping.register import Entry
from desktop.services.review.keeping.unread import Unread
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import PrintedText, ReadFile, Unreadable

__all__ = ["FOLDER", "AlreadyKept", "Entry", "Keeping", "Kept", "RawLine", "Unread", "mend", "newer"]

FOLDER: Final = "review"
"""Beside the store of the account."""
_REGISTER: Final = "register.db"
_MENDED: Final = "register.mended.db"
_ENDING: Final = ".kept"
_UNREAD: Final = ".unread"
_ASIDE: Final = "together.made"

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class AlreadyKept(Problem):
    """The very same bytes are kept already: `kept` says under which name, since when."""

    remedy: Remedy = Remedy.RETRY
    kept: Kept | None = None


class Keeping:
    """`folder` is made when it is not there; `key` is the vault's key of the database, which is never used itself but
    only what is derived from it. One process at a time; its calls may come from any thread."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder, self._turn = folder, threading.RLock()
        self._key, self._names = sealed.derived(key, "files"), sealed.derived(key, "names")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _put_in_place(folder)
        except OSError as error:
            raise sealed.fault(error) from error
        self._register = register.Register(folder / _REGISTER, sealed.derived(key, "register"))
        try:
            self._files, leaving = self._register.files()
            for sha256 in leaving:
                self._go(sha256)
            self._adopt()
            self._unread = self._lacking()
        except BaseException:
            self._register.close()
            raise

    # What there is

    def files(self) -> tuple[Kept, ...]:
        """All kept files, in the order of their import. Immediate."""
        return tuple(self._files.values())

    def find(self, sha256: str) -> Kept | None:
        """The kept file of that sum. Immediate."""
        return self._files.get(sha256)

    def refuse_again(self, sha256: str) -> None:
        """Raises `AlreadyKept` when it is kept: to be asked before a file is read."""
        if there := self._files.get(sha256):
            raise AlreadyKept(
                f"Ce fichier est déjà là\u00a0: «\u00a0{there.name}\u00a0», {there.imported}. Rien n’a été ajouté.",
                kept=there,
            )

    # Files

    def keep(self, source: Source, read: ReadFile, *, by: str = "", at: datetime | None = None) -> Kept:
        """Keeps a file that was read. `by` is who imports it. Raises `AlreadyKept`; and `StoreFault`, nothing being
        kept then."""
        whole = source.of or source
        kept = parts.told(read, len(whole.data), by, at or datetime.now(UTC))
        with self._turn:
            self.refuse_again(kept.sha256)
            sections = (parts.words(kept), parts.around(read), parts.columnar(read.frame), whole.data)
            sealed.seal(self._path(kept.sha256), self._key, sections)
            try:
                self._register.add_file(kept)
            except BaseException:
                with suppress(OSError):
                    self._path(kept.sha256).unlink(missing_ok=True)
                raise
            self._files[kept.sha256] = kept
            with suppress(StoreFault):  # else at the next opening
                self._drop_unread(kept.sha256)
        return kept

    def reopen(self, sha256: str) -> ReadFile:
        """The file as it was read, its lines with their types and its own columns."""
        with self._open(sha256) as (kept, file):
            return parts.reopened(kept, file.section(parts.AROUND), file.section(parts.LINES))

    def told(self, sha256: str) -> ReadFile:
        """All that was read around the lines, with none of them: of a long file, in a moment."""
        with self._open(sha256) as (kept, file):
            read = parts.without_lines(kept, file.section(parts.AROUND))
            return parts.noted(read, lambda: file.section(parts.LINES))

    def original(self, sha256: str) -> Source:
        """The bytes as they came: of the archive, where the file came in one."""
        with self._open(sha256) as (kept, file):
            return Source(kept.name, file.section(parts.ORIGINAL))

    def raw(self, sha256: str, line: int, printed_text: PrintedText | None = None) -> RawLine | None:
        """The text of a line of the file (`line` as in the frame) and its place; None when there is no such line. A
        record of several lines is given whole. Without `printed_text`, raises `Unreadable` for a PDF."""
        with self._open(sha256) as (kept, file):
            read = parts.beside(file.section(parts.AROUND))
            source = Source(kept.name, file.section(parts.ORIGINAL))
        headings = frozenset(heading for heading, _ in read.columns)
        return places.found(source, kept.kind, line, headings, printed_text)

    def erase(self, sha256: str) -> None:
        """Takes the file away for good, with all its lines; what was said of them stays in the register. So too
        one that could not be read."""
        with self._turn:
            self._drop_unread(sha256)
            if sha256 in self._files:
                self._register.leave_file(sha256)
                self._files.pop(sha256)
                self._go(sha256)

    # Files that could not be read

    def unread(self) -> tuple[Unread, ...]:
        """Those that could not be read and were not taken away, in the order of their import. Immediate."""
        return tuple(self._unread.values())

    def keep_unread(
        self, name: str, data: bytes, why: Unreadable, *, by: str = "", place: str = "", at: datetime | None = None
    ) -> Unread:
        """Keeps a file with why it could not be read, in the place of what was kept of it as such before; its bytes
        too, where its columns are to be told or it is small. No `data`, where there were none to be had: then it is
        told from others by its `place`. Raises `StoreFault`, nothing new being kept then."""
        told = lacking.told(name, place, data, why, by, at or datetime.now(UTC))
        self.take_unread(told, data)
        return told

    def take_unread(self, told: Unread, data: bytes) -> None:
        """As `keep_unread`, of one that is known already."""
        with self._turn:
            content = data if told.whole else b""
            path = self._path_of_unread(told.sha256)
            sealed.seal(path, self._key, (lacking.words(told), content))
            self._unread.pop(path.name, None)
            self._unread[told.sha256] = told

    def unread_bytes(self, sha256: str) -> bytes:
        """The bytes of one that could not be read; none where they are not kept."""
        with closing(sealed.Sealed(self._path_of_unread(sha256), self._key)) as file:
            return file.section(lacking.ORIGINAL)

    def _drop_unread(self, sha256: str) -> None:
        path = self._path_of_unread(sha256)
        if {*self._unread} & {sha256, path.name}:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise sealed.fault(error) from error
            for name in (sha256, path.name):
                self._unread.pop(name, None)

    def _path_of_unread(self, sha256: str) -> Path:
        """One that is damaged goes by the name of its sealed file."""
        return self._folder / sha256 if sha256.endswith(_UNREAD) else self._path(sha256, _UNREAD)

    def _lacking(self) -> dict[str, Unread]:
        """Those in the folder; one that was read before a cut goes, one that is damaged says so."""
        found: list[Unread] = []
        for path in self._folder.glob(f"*{_UNREAD}"):
            told = self._unread_in(path)
            if told.sha256 in self._files:
                with suppress(OSError):
                    path.unlink()
            else:
                found.append(told)
        return {told.sha256: told for told in sorted(found, key=lambda told: (told.since, told.name))}

    def _unread_in(self, path: Path) -> Unread:
        try:
            with closing(sealed.Sealed(path, self._key)) as file:
                told = lacking.understood(file.section(lacking.WORDS))
            if path != self._path(told.sha256, _UNREAD):
                raise sealed.damaged()
        except StoreFault as fault:
            _log.warning("a file that could not be read is damaged: %s", fault.detail)
            return lacking.lost(path.name, fault, sealed.since(path))
        return told

    # What was made of them

    def set_aside(self, sections: Sequence[sealed.Bytes], of: Collection[str]) -> None:
        """Keeps what was made of these files (sha256), in the place of what was kept so before; nothing where one of
        them is no longer there. It goes with the first of them that is erased. Raises `StoreFault`."""
        aside = self._folder / _ASIDE
        sealed.seal(aside, self._key, sections)
        with self._turn:
            if not self._files.keys() >= set(of):
                self._drop_aside()

    def aside(self, section: int) -> bytes | None:
        """A section of what was set aside; None when nothing was."""
        path = self._folder / _ASIDE
        if not path.exists():
            return None
        with closing(sealed.Sealed(path, self._key)) as file:
            return file.section(section)

    def _drop_aside(self) -> None:
        try:
            (self._folder / _ASIDE).unlink(missing_ok=True)
        except OSError as error:
            raise sealed.fault(error) from error

    # What people say

    def add(self, topic: str, bodies: Sequence[bytes], *, by: str, at: datetime | None = None) -> tuple[Entry, ...]:
        """Adds entries to the register, all or none; they are on the disk once this returns, and stay for ever."""
        return self._register.add(topic, by, at or datetime.now(UTC), bodies)

    def entries(self, topic: str, after: int = 0) -> tuple[Entry, ...]:
        """The entries of a topic in their order; those with a number greater than `after`."""
        return self._register.entries(topic, after)

    def close(self) -> None:
        with self._turn:
            self._register.close()

    # The folder

    def _path(self, sha256: str, ending: str = _ENDING) -> Path:
        """A name that tells nobody which file it is, though he should hold the same one."""
        return self._folder / f"{hmac.digest(self._names, sha256.encode(), 'sha256').hex()[:40]}{ending}"

    @contextmanager
    def _open(self, sha256: str) -> Iterator[tuple[Kept, sealed.Sealed]]:
        """A sealed file, and its first words, which must be of the file that was asked for."""
        with closing(sealed.Sealed(self._path(sha256), self._key)) as file:
            kept = parts.understood(file.section(parts.WORDS))
            if kept.sha256 != sha256:
                raise sealed.damaged()
            yield kept, file

    def _go(self, sha256: str) -> None:
        """The file first: should this be cut short, the register still knows that it is to go."""
        self._drop_aside()
        try:
            self._path(sha256).unlink(missing_ok=True)
            sealed.settle_folder(self._folder)
        except OSError as error:
            raise sealed.fault(error) from error
        self._register.drop_file(sha256)

    def _adopt(self) -> None:
        """What a cut left behind: halves of files go; a whole file that the register does not know is one that was
        being kept."""
        for half in self._folder.glob(f"*{_UNREAD}.new"):
            with suppress(OSError):
                half.unlink()
        known = {self._path(sha256) for sha256 in self._files}
        for path in sorted(self._folder.glob(f"*{_ENDING}*")):
            if path.name.endswith(f"{_ENDING}.new"):
                with suppress(OSError):
                    path.unlink()
            elif path not in known:
                with suppress(StoreFault):  # damaged, or not ours: left alone
                    with closing(sealed.Sealed(path, self._key)) as file:
                        kept = parts.understood(file.section(parts.WORDS))
                    if path == self._path(kept.sha256):
                        self._register.add_file(kept)
                        self._files[kept.sha256] = kept


def mend(folder: Path, key: bytes) -> tuple[Path, int]:
    """Puts a damaged register aside and makes another of the files in the folder and of the entries that can still be
    read; answers where the damaged one is, and how many entries were taken over. Nothing is deleted. Raises
    `StoreFault`."""
    path, of_register = folder / _REGISTER, sealed.derived(key, "register")
    taken = register.salvaged(path, of_register)
    try:
        _drop_mended(folder)
        anew = register.Register(folder / _MENDED, of_register)
        try:
            for entry in taken:
                anew.add(entry.topic, entry.by, entry.at, [entry.body])
        finally:
            anew.close()
        aside = _put_aside(path)
        _put_in_place(folder)
        _drop_mended(folder)
    except OSError as error:
        raise sealed.fault(error) from error
    Keeping(folder, key).close()  # which adds the files in the folder
    _log.warning("a damaged register was put aside: %d entries taken over", len(taken))
    return aside, len(taken)


def _put_in_place(folder: Path) -> None:
    """The mended register, once the damaged one is aside; a cut between the two is made good at the next opening."""
    if (folder / _MENDED).exists() and not (folder / _REGISTER).exists():
        (folder / _MENDED).replace(folder / _REGISTER)


def _drop_mended(folder: Path) -> None:
    """What is left of one that was never put in place."""
    for part in folder.glob(f"{_MENDED}*"):
        part.unlink(missing_ok=True)


def _put_aside(path: Path) -> Path:
    aside = next(_free_names(path))
    try:
        for tail in ("", "-wal"):
            part = path.with_name(path.name + tail)
            if part.exists():
                part.rename(aside.with_name(aside.name + tail))
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    except OSError as error:
        raise sealed.fault(error) from error
    return aside


def _free_names(path: Path) -> Iterator[Path]:
    for turn in range(1, 1000):
        name = path.with_name(f"{path.stem}.damaged-{turn}{path.suffix}")
        if not name.exists():
            yield name
    raise cipher.read_only()
