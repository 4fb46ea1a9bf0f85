# SPDX-License-Identifier: MIT
"""One-page HTML reports: self-contained, no scripts, nothing loaded from elsewhere."""

from plantwright.report._content import ColumnLine, ReportContent, Score, Suspect
from plantwright.report._detection_page import detection_page
from plantwright.report._explanation_page import explanation_page
from plantwright.report._page import to_html, write_html
from plantwright.report._quality_page import quality_page
from plantwright.report._timeline import Fault, Timeline
from plantwright.report._training_page import training_page

__all__ = [
    "ColumnLine",
    "Fault",
    "ReportContent",
    "Score",
    "Suspect",
    "Timeline",
    "detection_page",
    "explanation_page",
    "quality_page",
    "to_html",
    "training_page",
    "write_html",
]
