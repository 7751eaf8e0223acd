"""The ladder: the same model, computed faster and faster.

The original says that everything beyond it is efficiency. Each module here is a way to compute the same
model: the same dials, documents, first parameters, steps and checkpoints. Only the arithmetic differs.
"""
