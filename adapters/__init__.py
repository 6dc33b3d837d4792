"""How departments are reached: the port every kind of department answers to, its real kinds, and the sandbox city.

May use `one_things`; knows nothing of workflows, of the record or of the gateway.
What a department answered is told apart here; what it means for a case is decided elsewhere.
"""
