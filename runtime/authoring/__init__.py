"""The tools of a bundle's author: draw a bundle as text or picture, and try it out in a city that is thrown away.

They work on a bundle that has passed its check, and hold no rule of their own.
"""
