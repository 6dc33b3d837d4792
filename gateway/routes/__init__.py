"""What each path answers: thin, one module per concern; what is shown is built in `gateway.views`.

No SQL, no Temporal client and no HTML strings here.
"""
