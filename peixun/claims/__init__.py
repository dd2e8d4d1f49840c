"""A member's voice: hours that are missing, hours that are wrong.

A member claims, the branch answers, an office decides; what is granted goes into the ledger and nowhere else.
"""
