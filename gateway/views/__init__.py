"""What is shown of a case: pure functions from its state to models and words.

No request, no database, no clock of its own: the caller says what time it is.
"""
