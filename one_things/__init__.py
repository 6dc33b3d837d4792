"""What a one-thing (一件事) is: bundles, plans, events, the state of a case, the clock.

Pure rules: nothing here does I/O, reads a clock of its own or imports another room of the house.
"""
