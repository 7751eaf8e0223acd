"""What the figures compute that one can touch on the pages, and what stands in their first view.

The functions take and return numbers, texts and lists, so that a page can call them (`microgpt.study.calls`).
"""
