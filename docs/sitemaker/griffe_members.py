"""An extension for griffe, which reads the modules for mkdocstrings: of a class only what is explained."""

from typing import Any

import griffe


class ExplainedMembers(griffe.Extension):
    """Leave out what is not explained beside its class: the class says what its attributes are."""

    def on_class(self, *, cls: griffe.Class, **more: Any) -> None:
        """Mark what has no docstring as not public."""
        for member in cls.members.values():
            if not member.is_alias and not member.has_docstring:
                member.public = False
