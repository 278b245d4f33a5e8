"""Where secrets are kept: the operating system's keyring; a file in the demonstration."""

from desktop.services.vault.demonstration import DemoVault
from desktop.services.vault.keyring import LONGEST, Backend, KeyringVault
from desktop.services.vault.secrets import Keys, Vault, Who, hand_over

__all__ = ["LONGEST", "Backend", "DemoVault", "KeyringVault", "Keys", "Vault", "Who", "hand_over"]
