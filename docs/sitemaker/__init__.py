"""What turns the modules of microgpt into a study site: extensions for Python-Markdown, figures, and pages.

Nothing in here knows MkDocs. `docs/hooks.py` does, and is thin, so that another site generator needs only
another such file.
"""
