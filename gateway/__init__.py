"""The doors of the house over HTTP: applicants, departments, operators; pages and live streams.

Reads the event store, acts only through typed case handles. Holds no rule of a bundle and opens no workflow itself.
"""
