"""A sandbox city: simulated departments behind one HTTP application, for development, tests and benchmarks.

Everything it answers is marked as simulation; it decides by switches, remembers in SQLite, and never by chance alone.
Knows the departments' contract only: it imports no port implementation, no workflow and no gateway.
"""
