"""The source taken apart: for exercises, experiments and pages that show it in another order."""
