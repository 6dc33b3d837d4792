"""How a one-thing runs, durably: the interpreter of a plan, its messages, and the typed handles others hold of it.

Deterministic code only. It knows activities by name and model, never by implementation.
"""
