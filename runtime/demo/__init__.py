"""The demonstration: three companies close in the embedded city, and the terminal shows how.

Holds the companies, the following of their cases and the skipping of waiting days. No rule of the domain lives here.
"""
