"""One name on its way through the machine, looked at after some steps of the default run."""

NAME = "emma"
"""The name that goes in; the bundled names do not have it."""

STEPS = (0, 10, 100, 1000)
"""After how many steps the machine is looked at."""
