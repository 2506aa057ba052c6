"""Whether two threads pay: on a machine that others keep busy, they wait for each other longer than one would work."""

from __future__ import annotations

TRIAL = 8
"""How many calls are timed in each way."""
HOPELESS = 4
"""A call that takes so many times what one thread needs ends the trial of two."""
FIRST_PERIOD, LONGEST_PERIOD = 500, 16_000
"""After how many calls the choice is made anew: of two threads always the first number. Of one thread twice the first
number; each time that one thread stays better twice as many as before, up to the second."""


class ThreadChoice:
    """The choice between one thread and two, made by their times and made anew now and then.

    >>> choice = ThreadChoice()
    >>> for _ in range(2 * TRIAL):
    ...     choice.took(1.0 if choice.alone else 0.6)
    >>> choice.alone
    False
    """

    def __init__(self) -> None:
        self._period = FIRST_PERIOD
        self._begin()

    def _begin(self) -> None:
        self.alone, self._left = True, TRIAL
        self._times: dict[bool, list[float]] = {True: [], False: []}
        self._chosen = False

    def took(self, seconds: float) -> None:
        """Note how long a call took, which was made as `alone` says."""
        self._left -= 1
        if self._chosen:
            if not self._left:
                self._begin()
            return
        self._times[self.alone].append(seconds)
        alone = sorted(self._times[True])[len(self._times[True]) // 2]
        if not self.alone and seconds > HOPELESS * alone:
            self._choose(alone=True)
        elif not self._left and self.alone:
            self.alone, self._left = False, TRIAL
        elif not self._left:
            self._choose(alone=sorted(self._times[False])[TRIAL // 2] >= alone)

    def _choose(self, alone: bool) -> None:
        """Keep to a choice for some time."""
        self._period = min(2 * self._period, LONGEST_PERIOD) if alone else FIRST_PERIOD
        self.alone, self._left, self._chosen = alone, self._period, True
