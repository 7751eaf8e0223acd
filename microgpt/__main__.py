"""`python -m microgpt`."""

import sys


def main() -> None:
    """Run the command line; whoever presses Ctrl-C while it is still being loaded gets a sentence, too."""
    try:
        from microgpt.terminal.cli import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("microgpt: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
