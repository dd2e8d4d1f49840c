"""Demo: an invented city at full size, made through the product's own operations.

Owns the generator. Door: `peixun demo`. Never: writes past an operation, types a figure that the records should give.
"""
