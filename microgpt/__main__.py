"""`python -m microgpt`."""

from microgpt.cli import main

main()
