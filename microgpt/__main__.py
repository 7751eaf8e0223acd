"""`python -m microgpt`."""

import gc
import sys


def main() -> None:
    """Run the command line; whoever presses Ctrl-C while it is still being loaded gets a sentence, too."""
    gc.disable()  # what is loaded now is needed to the end, so there is nothing to collect
    try:
        from microgpt.terminal.cli import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("microgpt: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
