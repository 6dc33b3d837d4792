"""The workbench: pages and API for officers of departments that have no system of their own.

What officers do becomes the same commands as a department's callbacks; nothing here decides what counts.
"""
