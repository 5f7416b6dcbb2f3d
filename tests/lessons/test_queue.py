"""The line: who comes first is served first, everybody knows the place, and who leaves makes room."""

import threading

import pytest

from lessons.problem import Problem
from lessons.queue import Queue


def places(tickets):
    return [ticket.place for ticket in tickets]


def test_places_are_in_the_order_of_coming():
    queue = Queue(2)
    tickets = [queue.ticket() for _ in range(5)]
    assert places(tickets) == [0, 0, 1, 2, 3]
    tickets[0].leave()
    assert places(tickets[1:]) == [0, 0, 1, 2]
    tickets[3].leave()  # gives up while waiting: those behind move up
    assert places([tickets[1], tickets[2], tickets[4]]) == [0, 0, 1]


def test_a_ticket_may_leave_twice():
    queue = Queue(1)
    first, second = queue.ticket(), queue.ticket()
    first.leave()
    first.leave()
    assert second.place == 0


def test_a_line_that_is_too_long_says_so():
    queue = Queue(1, longest=2)
    tickets = [queue.ticket() for _ in range(3)]
    with pytest.raises(Problem, match="2 people are waiting already"):
        queue.ticket()
    tickets[1].leave()
    assert queue.ticket().place == 2


def test_an_error_in_its_turn_makes_room():
    queue = Queue(1)
    first, second = queue.ticket(), queue.ticket()
    with pytest.raises(ZeroDivisionError), first:
        raise ZeroDivisionError
    assert second.place == 0


def test_waiting_ends_without_a_turn_when_it_does_not_come():
    queue = Queue(1)
    first, second = queue.ticket(), queue.ticket()
    assert first.wait()
    assert not second.wait(0.01)
    first.leave()
    assert second.wait()


def test_threads_take_turns_in_order_and_never_two_at_once():
    queue, order, inside, most = Queue(1), [], [], []
    tickets = [queue.ticket() for _ in range(20)]

    def work(number: int) -> None:
        with tickets[number] as ticket:
            ticket.wait()
            inside.append(number)
            most.append(len(inside))
            order.append(number)
            inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in reversed(range(20))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order == list(range(20))
    assert set(most) == {1}
