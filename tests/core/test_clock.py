"""Processor time carried on by the clock between two questions to the system."""

import time

from gwsolver.core.clock import ASKED_EVERY, Spent, processor_time


def test_it_never_goes_back_and_follows_the_processor():
    start, asked = processor_time(), time.process_time()
    told = [start]
    while time.process_time() - asked < 0.1:
        told.append(processor_time())
    assert told == sorted(told)
    spent = time.process_time() - asked
    assert abs((processor_time() - start) - spent) <= 3.0 * ASKED_EVERY


def test_sleeping_counts_for_the_clock_alone():
    with Spent() as spent:
        time.sleep(0.1)
    assert spent.wall >= 0.1
    assert spent.cpu <= 2.0 * ASKED_EVERY
