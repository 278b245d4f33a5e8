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


@dataclass(frozen=True, slots=True)
class Erased:
    """`traces` tells only what there was."""

    traces: tuple[Trace, ...]

    @property
    def whole(self) -> bool:
        return all(trace.gone for trace in self.traces)


_STORE: Final = "Copie de vos échanges, arrêts, versements et brouillons"
_SHELF: Final = "Pièces jointes et documents téléchargés"
_REVIEW: Final = "Fichiers d’indemnités gardés"
_OTHER: Final = "Autres fichiers du compte"
_KEY: Final = "Clé de chiffrement de ces fichiers"
_SESSION: Final = "Connexion gardée"
_DEVICE: Final = "Secret de cet ordinateur"
_WHO: Final = "Nom et adresse du compte"


def erase(folder: Path, vault: Vault) -> Erased:
    """Keys first: from then on nothing of the files can be read, even from a copy of the disk. Then the files, then all
    is looked at again. A file that could not be deleted is told as such. Raises `StoreFault` when the keyring cannot be
    asked; nothing is deleted then."""
    held = _in_keyring(vault)
    files = {what: tuple(paths) for what, paths in _sorted(folder).items()}
    sizes = {what: (len(paths), sum(map(_size, paths))) for what, paths in files.items()}
    vault.forget_everything()
    shutil.rmtree(folder, ignore_errors=True)
    left = _in_keyring(vault)
    traces = [Trace(what, *sizes[what], gone=not any(map(_there, paths))) for what, paths in files.items()]
    traces += [Trace(what, 0, 0, gone=what not in left) for what in held]
    return Erased(tuple(traces))


def _in_keyring(vault: Vault) -> list[str]:
    found = {_KEY: vault.made(), _SESSION: vault.refresh_token() is not None, _WHO: vault.who() is not None}
    if found[_KEY] and vault.keys().device is not None:
        found[_DEVICE] = True
    return [what for what, there in found.items() if there]


def _sorted(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in _files(folder):
        name = path.relative_to(folder).parts[0]
        what = _STORE if name.startswith("store.") else _SHELF if name.startswith("shelf.") else _OTHER
        found.setdefault(_REVIEW if name == "review" else what, []).append(path)
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() or path.is_symlink():
            yield path


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.lstat().st_size
    return 0


def _there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


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
    return Trace("Fichiers d’indemnités ouverts sans compte", len(paths), octets, gone=not any(map(_there, paths)))
