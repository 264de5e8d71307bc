"""What every room stands on: compiled kernels, random numbers, nested arrays."""
