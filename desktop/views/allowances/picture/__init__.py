"""Pictures of the review: a leave on one line of time, a month as bars. Each can be read as words."""

from desktop.views.allowances.picture.bars import MonthPicture
from desktop.views.allowances.picture.strip import LeavePicture

__all__ = ["LeavePicture", "MonthPicture"]
