"""What the table of lines is narrowed to, and what the lines that remain come to."""

from desktop.views.allowances.criteria.filters import Choices, Filters, choices
from desktop.views.allowances.criteria.narrowing import Criteria, from_text
from desktop.views.allowances.criteria.sums import Sums, SumsBar, Updating

__all__ = ["Choices", "Criteria", "Filters", "Sums", "SumsBar", "Updating", "choices", "from_text"]
