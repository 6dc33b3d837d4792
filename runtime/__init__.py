"""Puts everything together: settings, wiring, the processes of the product and the `onething` command.

The only package that may import all the others; none of them may import it.
No rule of the domain lives here.
"""
