"""What `docs/measure_gpu.py` measures."""
