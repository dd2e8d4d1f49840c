"""What every room's HTTP API shares: problems, fields, cursors, answers. It knows no business words.

A room's `api.py` has a `Router` named `router`; `config/api.py` composes them under `/api/v1/`.
"""
