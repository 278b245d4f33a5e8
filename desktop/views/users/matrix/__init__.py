"""The matrix of rights: people by spaces for one right, or spaces by rights for one person."""

from desktop.views.users.matrix.page import MatrixPage

__all__ = ["MatrixPage"]
