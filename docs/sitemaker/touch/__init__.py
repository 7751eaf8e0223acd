"""The figures that one can touch, a module for each chapter or page that has some."""
