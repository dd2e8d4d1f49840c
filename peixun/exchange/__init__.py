"""Exchange: files in, with preview, progress and decisions; the command and the screens of import.

Owns import jobs. Door: `registry` in the kernel, where lower rooms register what they can take in.
Never: knows the columns of a file; those belong to the room that takes it in.
"""
