"""What the lines come to by person, by leave, by month and by transfer; each row opens its lines."""

from desktop.views.allowances.people.pane import People

__all__ = ["People"]
