"""The embedded city: PostgreSQL, a Temporal server and the product's own processes on one machine, from wheels.

Here lives how such servers are placed, started, watched and stopped.
What they do for a case belongs elsewhere; a production set-up uses none of this.
"""
