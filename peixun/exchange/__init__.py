"""Exchange: files in, with preview, progress and decisions; the command and the screens of import.

Owns import jobs and the files behind them. Door: `operations.start`, the command `peixun import`; what can be taken in
is registered in `kernel.imports` by the rooms below. Never: knows the columns of a file, writes past the operations.
"""
