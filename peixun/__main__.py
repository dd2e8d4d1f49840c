"""`python -m peixun` is the same as the installed command."""

from peixun.cli import main

main()
