"""Forgetting an account on this computer: what there was, what is gone, looked at again afterwards."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.services.problems import StoreFault
from desktop.services.vault import Vault


@dataclass(frozen=True, slots=True)
class Trace:
    """One kind of thing that this computer held. `files` and `octets` are 0 for what lies in the keyring."""

    what: str
    files: int
    octets: int
    gone: bool


_STORE: Final = "Copie de vos échanges, arrêts, versements et brouillons"
_SHELF: Final = "Pièces jointes et documents téléchargés"
_REVIEW: Final = "Fichiers d’indemnités gardés"
_OTHER: Final = "Autres fichiers du compte"
_KEY: Final = "Clé de chiffrement de ces fichiers"
_SESSION: Final = "Connexion gardée"
_DEVICE: Final = "Secret de cet ordinateur"
_SHARED: Final = "Clé et connexion d’une version précédente de Volet"
_WHO: Final = "Nom et adresse du compte"


def erase(folder: Path, vault: Vault) -> tuple[Trace, ...]:
    """Keys first: from then on nothing of the files can be read, even from a copy of the disk. Then the files, and last
    whose account it was: cut short anywhere, it still stands in the list of accounts, to be forgotten again. Then all
    is looked at again. Only what there was is told; a file that could not be deleted as such. Raises `StoreFault` when
    the keyring cannot be asked or keeps the key; nothing is deleted then."""
    held = _in_keyring(vault)
    found = _measured(folder)
    try:
        vault.forget_secrets()
    except StoreFault:
        if vault.made():
            raise
    _empty(folder)
    left = _measured(folder)
    if not left:
        with suppress(StoreFault):
            vault.forget_everything()
            shutil.rmtree(folder, ignore_errors=True)
    kept = _in_keyring(vault)
    found |= {what: measure for what, measure in left.items() if what not in found}  # written in the meantime
    traces = [Trace(what, *measure, gone=what not in left) for what, measure in found.items()]
    traces += [Trace(what, 0, 0, gone=what not in kept) for what in held]
    return tuple(traces)


def _in_keyring(vault: Vault) -> list[str]:
    found = {_KEY: vault.made(), _SESSION: vault.refresh_token() is not None, _WHO: vault.who() is not None}
    if found[_KEY] and vault.keys().device is not None:
        found[_DEVICE] = True
    return [what for what, there in found.items() if there]


def _measured(folder: Path) -> dict[str, tuple[int, int]]:
    """How many files of each kind there are, and how large they are together."""
    found: dict[str, tuple[int, int]] = {}
    for path in _files(folder):
        name = path.relative_to(folder).parts[0]
        what = _STORE if name.startswith("store.") else _SHELF if name.startswith("shelf.") else _OTHER
        what = _REVIEW if name == "review" else what
        files, octets = found.get(what, (0, 0))
        found[what] = files + 1, octets + _size(path)
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() or path.is_symlink():
            yield path


def _empty(folder: Path) -> None:
    """The folder itself stays: by it the account is found."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.lstat().st_size
    return 0


def forget_shared(vault: Vault) -> Trace | None:
    """What the keyring kept for all accounts of a profile of before; None when there is nothing."""
    with suppress(StoreFault):
        if not _in_keyring(vault):
            return None
        vault.forget_everything()
        return Trace(_SHARED, 0, 0, gone=not _in_keyring(vault))
    return Trace(_SHARED, 0, 0, gone=False)


def forget_apart(folder: Path, vault: Vault) -> Trace | None:
    """The files opened without an account, which only whoever is alone on this computer may erase; None when there are
    none."""
    paths = tuple(_files(folder))
    if not paths:
        return None
    octets = sum(map(_size, paths))
    with suppress(StoreFault):
        vault.forget_everything()
    shutil.rmtree(folder, ignore_errors=True)
    return Trace("Fichiers d’indemnités ouverts sans compte", len(paths), octets, gone=not any(_files(folder)))
