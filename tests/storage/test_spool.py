from __future__ import annotations

from timethief.storage.spool import Spool


def test_values_come_back_in_order_as_often_as_wanted() -> None:
    with Spool[list[int]]() as spool:
        for number in range(100):
            spool.append([number] * number)

        assert list(spool) == list(spool) == [[number] * number for number in range(100)]


def test_two_readers_and_a_writer_do_not_disturb_each_other() -> None:
    with Spool[int]() as spool:
        spool.append(1)
        spool.append(2)
        one, other = iter(spool), iter(spool)

        assert (next(one), next(other)) == (1, 1)
        spool.append(3)
        assert (next(one), next(other)) == (2, 2)
        assert list(spool) == [1, 2, 3]


def test_an_empty_one_holds_nothing() -> None:
    with Spool[int]() as spool:
        assert list(spool) == []
