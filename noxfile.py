"""The tasks of a contributor: `nox -l` lists them, `nox -s quick` runs one."""

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["quick", "lint"]

PYTHONS = ["3.11", "3.12", "3.13"]


@nox.session
def quick(session: nox.Session) -> None:
    """Run the tests that take a moment."""
    session.install("-e", ".[test]")
    session.run("pytest", "-m", "not slow", *session.posargs)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run all tests but those of the site, on each supported Python."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and types."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def doctest(session: nox.Session) -> None:
    """Run the examples of every module as a reader does, with nothing but Python and this package."""
    session.install("--no-deps", ".")
    session.run("python", "tests/support/doctests.py", "chapters")


@nox.session
def torch(session: nox.Session) -> None:
    """Test the rungs of the ladder, the one of tensors too."""
    session.install("-e", ".[test,torch]")
    session.run("pytest", "-n", "auto", "-m", "", "tests/engines", "microgpt/engines", *session.posargs)


@nox.session
def site(session: nox.Session) -> None:
    """Build the study site; any warning is an error."""
    session.install("-e", ".[docs]")
    session.run("mkdocs", "build", "--strict", env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def browser(session: nox.Session) -> None:
    """Look at the study site in a Chromium, page by page."""
    session.install("-e", ".[dev]")
    session.run("pytest", "-n", "2", "tests/site", *session.posargs, env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def golden(session: nox.Session) -> None:
    """Make the golden record of the original's run anew; MICROGPT_REFERENCE says where the original is."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.support.golden")
