#!/usr/bin/env python3
"""How long a pop takes while something else is at work beside the calls: by the median and by the 99th of a hundred.

Phases: nothing; events by the MiB over HTTP; two imports, an export and ten sign-ins at once. A ringing phone goes in
at the event socket a hundred times a second, and the time is taken when its pop has come out of the operator's stream.

    BINDIR=.build/release Benchmarks/beside.py [--seconds 10]
"""

import argparse
import json
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'Tests', 'Fuzz'))
from extremes import Daemon, UnixHTTP  # noqa: E402

RATE = 100


class Calls:
    """Calls that ring at operator 101, and when their pops came."""

    def __init__(self, daemon):
        self.sent, self.came, self.number = {}, {}, 0
        self.events = socket.socket(socket.AF_UNIX)
        self.events.connect(daemon.events)
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(daemon.api)
        stream.sendall(b'GET /v1/stream?operator=101 HTTP/1.1\r\nHost: x\r\n\r\n')
        threading.Thread(target=self.listen, args=(stream.makefile('rb'),), daemon=True).start()
        threading.Thread(target=self.drain, daemon=True).start()

    def drain(self):
        while self.events.recv(1 << 16):
            pass

    def listen(self, lines):
        isPop = False
        for line in lines:
            if line.startswith(b'event: '):
                isPop = line == b'event: pop\n'
            elif isPop and line.startswith(b'data: '):
                self.came.setdefault(json.loads(line[6:])['call'], time.perf_counter())

    def ring(self, seconds):
        """The times from event to pop in ms, sorted; nan for those that did not come."""
        first, began = self.number, time.perf_counter()
        while time.perf_counter() - began < seconds:
            call = f'b{self.number}'
            self.number += 1
            lines = [
                {'type': 'call.queued', 'call': call, 'queue': 'support'},
                {'type': 'call.ringing', 'call': call, 'operator': '101'},
            ]
            self.sent[call] = time.perf_counter()
            self.events.sendall(''.join(json.dumps(line) + '\n' for line in lines).encode())
            time.sleep(max(0, began + (self.number - first) / RATE - time.perf_counter()))
            self.events.sendall((json.dumps({'type': 'call.ended', 'call': call}) + '\n').encode())
        deadline = time.monotonic() + 20
        calls = [f'b{n}' for n in range(first, self.number)]
        while time.monotonic() < deadline and not all(call in self.came for call in calls):
            time.sleep(0.01)
        return sorted((self.came.get(call, float('inf')) - self.sent[call]) * 1000 for call in calls)


def ask(daemon, method, path, body=None, type='application/json'):
    connection = UnixHTTP(daemon.api)
    connection.timeout = 600
    connection.request(method, path, body=body, headers={'Content-Type': type})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def posts(daemon, isOver):
    body = ''.join(
        json.dumps(
            {'type': 'touchpoint.recorded', 'from': f'0900{n % 10_000_000:07d}', 'channel': 'web', 'summary': 'x' * 100}
        )
        + '\n'
        for n in range(20_000)
    ).encode()[: 4 << 20]
    while not isOver.is_set():
        if ask(daemon, 'POST', '/v1/events', body[: body.rfind(b'\n') + 1], 'application/x-ndjson') != 200:
            raise SystemExit('the events were not taken')


def imports(daemon, isOver, which):
    for round_ in range(1_000):
        if isOver.is_set():
            return
        rows = ''.join(
            f'{which}-{round_}-{n},名前 {n},090{(which * 40_000 + n) % 100_000_000:08d}\n' for n in range(40_000)
        )
        ask(daemon, 'POST', '/v1/customers/import', ('external_id,name,phone\n' + rows).encode(), 'text/csv')


def exports(daemon, isOver):
    while not isOver.is_set():
        ask(daemon, 'GET', '/v1/customers/export')


def signs(daemon, isOver, who):
    while not isOver.is_set():
        ask(daemon, 'POST', '/v1/session', json.dumps({'operator': f'9{who}', 'password': 'correct horse'}).encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=10)
    parser.add_argument('--binaries', default=os.environ.get('BINDIR', '.build/release'))
    options = parser.parse_args()
    daemon = Daemon(options.binaries)
    try:
        for n in range(10):
            ask(daemon, 'PUT', f'/v1/accounts/9{n}', b'{"password":"correct horse"}')
        calls = Calls(daemon)
        calls.ring(1)
        phases = [
            ('nothing else', []),
            ('events over HTTP', [(posts,)]),
            (
                'two imports, an export, ten sign-ins',
                [(imports, 1), (imports, 2), (exports,)] + [(signs, n) for n in range(10)],
            ),
        ]
        for name, work in phases:
            isOver = threading.Event()
            threads = [threading.Thread(target=one[0], args=(daemon, isOver, *one[1:]), daemon=True) for one in work]
            for thread in threads:
                thread.start()
            times = calls.ring(options.seconds)
            isOver.set()
            for thread in threads:
                thread.join(120)
            print(
                f'{name:40} {len(times):6} pops  p50 {times[len(times) // 2]:8.2f} ms  '
                f'p99 {times[len(times) * 99 // 100]:8.2f} ms'
                f'  longest {times[-1]:8.2f} ms',
                flush=True,
            )
    finally:
        daemon.process.kill()


if __name__ == '__main__':
    main()
