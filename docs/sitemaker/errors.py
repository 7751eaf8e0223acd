"""What is said when a page cannot be made."""

from click import ClickException


class SiteError(ClickException):
    """A sentence for whoever builds the site. MkDocs is made with click, and shows it without a traceback."""
