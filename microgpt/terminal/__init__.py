"""The program around the book: what `python -m microgpt` runs."""
