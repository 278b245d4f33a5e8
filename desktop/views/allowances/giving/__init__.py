"""What a review gives: files for payroll, a report on paper, a request to the adviser with the disputed lines."""

from desktop.views.allowances.giving.pane import Giving

__all__ = ["Giving"]
