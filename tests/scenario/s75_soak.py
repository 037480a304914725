"""Half a minute of what `make soak` does for twenty: members come and go at random under a bad network."""
import random

from crowd import soak


def test_members_under_a_bad_network():
    soak(25, random.randrange(1 << 32))


test_members_under_a_bad_network.limit = 240
