"""What the review found: anomalies and regularisations in a list, each explained, pictured and decided of."""

from desktop.views.allowances.findings.pane import Findings

__all__ = ["Findings"]
