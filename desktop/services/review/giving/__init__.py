"""What a review gives away: CSV and XLSX for payroll, the lines split as payroll wants them, and a workbook that tells
the whole review."""

from desktop.services.review.giving.splitting import split
from desktop.services.review.giving.summary import Review, write_summary
from desktop.services.review.giving.tables import csv_bytes, telling, write_csv, write_xlsx

__all__ = ["Review", "csv_bytes", "split", "telling", "write_csv", "write_summary", "write_xlsx"]
