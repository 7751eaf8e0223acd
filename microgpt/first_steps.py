"""A model of thirty weights that learns to spell, by hand.

# The question

**Can a handful of numbers learn to spell?**
"""
