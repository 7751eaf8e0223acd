"""`python -m microgpt`."""

from microgpt.terminal.cli import main

main()
