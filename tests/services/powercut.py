"""Power cuts, simulated under the cipher: what a disk may keep of writes that were not yet synced.

`Disk` is an SQLite VFS. What is written goes to the real file and to a list of unsynced operations; a sync moves them
into the durable image. At the operation chosen the power goes: all fails from there on. What is on the platter then is
the durable image plus, for each file, nothing, all, a first part or a random half of the unsynced sectors of 512
bytes, some of them torn to garbage; the shared-memory file is gone.

`python -m tests.services.powercut 10000` runs the long form. The seed of a failure is printed: it can be had again.
"""

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import apsw

from contract.contact import SendMessage
from contract.identity import new_id
from desktop.services import cipher
from desktop.services.contact import Contact, Draft
from desktop.services.outbox import Outbox
from desktop.services.problems import StoreFault
from desktop.services.store import Store

KEY = bytes(range(32))
SECTOR = 512
NAME = "powercut"
VFS_NAME = f"multipleciphers-{NAME}"
"""SQLite3 Multiple Ciphers puts the cipher on top of any VFS of this name."""


class _Image:
    """One file: what is durable, and what was done to it since the last sync."""

    def __init__(self, durable: bytes) -> None:
        self.durable = bytearray(durable)
        self.unsynced: list[tuple[int, bytes | None]] = []

    def sync(self) -> None:
        for operation in self.unsynced:
            _do(self.durable, *operation)
        self.unsynced = []

    def after_cut(self, dice: random.Random) -> bytes:
        left = bytearray(self.durable)
        kept = self.unsynced
        match dice.randrange(4):
            case 0:
                kept = []
            case 1:
                kept = kept[: dice.randrange(len(kept) + 1)]
            case 2:
                kept = [part for operation in kept for part in _sectors(*operation) if dice.random() < 0.5]
        for at, content in kept:
            torn = content is not None and dice.random() < 0.03
            _do(left, at, dice.randbytes(len(content)) if torn and content is not None else content)
        return bytes(left)


def _do(image: bytearray, at: int, content: bytes | None) -> None:
    """A write at a place, or (no content) a cut to a length."""
    if content is None:
        del image[at:]
        return
    if len(image) < at:
        image.extend(bytes(at - len(image)))
    image[at : at + len(content)] = content


def _sectors(at: int, content: bytes | None) -> list[tuple[int, bytes | None]]:
    if content is None:
        return [(at, None)]
    return [(at + start, content[start : start + SECTOR]) for start in range(0, len(content), SECTOR)]


class Disk(apsw.VFS):
    """Keep the reference while any database is open on it."""

    def __init__(self) -> None:
        self.images: dict[str, _Image] = {}
        self.operations = 0
        self.cut_at: int | None = None
        self.dead = False
        super().__init__(NAME, "unix")

    def begin(self, cut_at: int | None) -> None:
        self.images, self.operations, self.cut_at, self.dead = {}, 0, cut_at, False

    def step(self) -> bool:
        """One operation more, which is to be done; fails once the power is gone. Of a dead process nothing is done."""
        if self.dead:
            return False
        self.operations += 1
        if self.cut_at is not None and self.operations >= self.cut_at:
            raise apsw.IOError
        return True

    def image(self, name: str) -> _Image:
        if name not in self.images:
            path = Path(name)
            self.images[name] = _Image(path.read_bytes() if path.exists() else b"")
        return self.images[name]

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        if self.step():
            self.images.pop(filename, None)
            super().xDelete(filename, syncdir)

    def after_cut(self, folder: Path, dice: random.Random) -> None:
        """Puts into the folder what is on the platter."""
        for name, image in self.images.items():
            (folder / Path(name).name).write_bytes(image.after_cut(dice))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk
        self._image = disk.image(name.filename() if isinstance(name, apsw.URIFilename) else str(name))

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if self._disk.step():
            self._image.unsynced.append((offset, bytes(data)))
            super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        if self._disk.step():
            self._image.unsynced.append((newsize, None))
            super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if self._disk.step():
            super().xSync(flags)
            self._image.sync()


# A day's work, cut short


def work(disk: Disk, path: Path, acknowledged: dict[str, str]) -> None:
    """Wishes and drafts through the real outbox and store, until the power fails; each is noted once acknowledged."""
    store = None
    with suppress(StoreFault):
        try:
            store = Store(path, KEY, vfs=VFS_NAME)
            _work(store, acknowledged)
            store.close()
        finally:
            disk.dead = True
            if store is not None:
                store.close()


def _work(store: Store, acknowledged: dict[str, str]) -> None:
    outbox = Outbox(store, hold_seconds=0)
    contact = Contact(store, outbox)
    for turn in range(12):
        text = f"Message {turn} {'x' * (turn * 300)}"
        wish = SendMessage(request_id=new_id(), message_id=new_id(), text=text)
        wish_id = outbox.add(wish, lane=f"lane {turn % 3}", topics=["contact"], title="Essai")
        acknowledged[wish_id] = text
        contact.keep_draft(Draft(key=f"draft {turn}", text=text))
        acknowledged[f"draft {turn}"] = text
        if turn % 5 == 4:
            gone = next(key for key in acknowledged if not key.startswith("draft"))
            acknowledged.pop(gone)
            with store.write("outbox") as db:
                outbox.done(db, gone)


def check(store: Store) -> None:
    """Reads the whole file and raises `StoreFault` when any part is damaged."""
    if store.query("PRAGMA quick_check(1)") != [("ok",)]:
        raise cipher.damaged()


def lost(folder: Path, acknowledged: dict[str, str]) -> list[str]:
    """What was acknowledged and is not there, after the power came back; raises when the file is damaged."""
    store = Store(folder / "store.db", KEY)
    try:
        check(store)
        outbox = Outbox(store, hold_seconds=0)
        contact = Contact(store, outbox)
        missing = []
        for name, text in acknowledged.items():
            kept = contact.draft(name) if name.startswith("draft") else outbox.wish(name)
            if not isinstance(kept, Draft | SendMessage) or kept.text != text:
                missing.append(name)
        return missing
    finally:
        store.close()


def cut(disk: Disk, seed: int, longest: int) -> str:
    """One power cut, at random; answers what went wrong, empty when nothing did."""
    dice = random.Random(seed)  # noqa: S311 - the same cut for the same seed
    with tempfile.TemporaryDirectory(prefix="volet-cut-") as name:
        before, after = Path(name) / "before", Path(name) / "after"
        before.mkdir()
        after.mkdir()
        acknowledged: dict[str, str] = {}
        disk.begin(dice.randrange(1, longest))
        work(disk, before / "store.db", acknowledged)
        disk.after_cut(after, dice)
        disk.begin(None)
        try:
            missing = lost(after, acknowledged)
        except StoreFault as fault:
            return f"seed {seed}: {fault.detail}"
        shutil.rmtree(before)
    return f"seed {seed}: {len(missing)} lost" if missing else ""


def whole_run(disk: Disk) -> int:
    """How many operations the work takes when nothing goes wrong."""
    with tempfile.TemporaryDirectory(prefix="volet-cut-") as name:
        disk.begin(None)
        work(disk, Path(name) / "store.db", {})
    return disk.operations


def main(cuts: int = 500, first_seed: int = 0, tell: Callable[[str], object] = print) -> int:
    """So many power cuts; answers how many lost something acknowledged, or left a damaged file."""
    disk = Disk()
    begun = time.monotonic()
    try:
        longest = whole_run(disk) + 2
        wrong = [problem for seed in range(first_seed, first_seed + cuts) if (problem := cut(disk, seed, longest))]
    finally:
        disk.unregister()
    for problem in wrong:
        tell(problem)
    tell(f"{cuts} power cuts, {len(wrong)} with a loss or damage, {time.monotonic() - begun:.0f} s")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 500) else 0)
