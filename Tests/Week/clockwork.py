"""Processes of the made-up week: generators that yield for how long they wait, and one clock for all of them."""
import heapq


class Clockwork:
    def __init__(self, start):
        self.now, self.queue, self.serial = start, [], 0

    def begin(self, process, after=0):
        self.at(self.now + after, process)

    def at(self, when, process):
        self.serial += 1
        heapq.heappush(self.queue, (int(when), self.serial, process))

    def next_at(self):
        return self.queue[0][0] if self.queue else None

    def run(self, until, before_each):
        """Everything that happens before a moment. before_each(ms) is told the time of each step."""
        while self.queue and self.queue[0][0] < until:
            self.now, _, process = heapq.heappop(self.queue)
            before_each(self.now)
            try:
                pause = next(process)
            except StopIteration:
                continue
            self.at(self.now + max(1, int(pause)), process)
        self.now = max(self.now, until)
