"""Reports: the work report, statistical tables, figures with their entries.

Owns figures and papers. Door: `queries.figures.work_figures`, `operations.draft_work_report`. Never: counts what has
no entries.
"""
