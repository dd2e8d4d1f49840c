"""The same seed makes the same city; another seed another one."""

from django.db import transaction

from peixun.demo.operations import load_city
from tests.demo.test_small_city import AT, digest


def made(seed: int) -> str:
    """The digest of a very small city, undone afterwards."""
    found = ""
    with transaction.atomic():
        load_city(scale=0.01, seed=seed, at=AT, progress=lambda *_: None)
        found = digest()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_makes_the_same_city(db):
    first = made(7)
    assert made(7) == first
    assert made(8) != first
