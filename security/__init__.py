"""Named crypto suites, sealing of personal data, signatures, tokens and masks.

Every algorithm is named in `suites.py` and nowhere else; the other modules ask the suite.
Imports nothing else of ours, knows no case, no department and no setting.
"""
