"""What is said when a page cannot be made."""

from click import ClickException
from pymdownx.superfences import SuperFencesException


class SiteError(ClickException, SuperFencesException):  # type: ignore[misc]
    """A sentence for whoever builds the site. MkDocs is made with click, and shows it without a traceback.

    Of all that goes wrong in a fence, pymdownx.superfences only hands its own kind on; for the rest it shows
    the fence as it is written.
    """
