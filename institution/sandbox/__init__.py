"""A stand-in for the institution's systems: a real HTTP service over invented, coherent data."""
