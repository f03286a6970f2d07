#!/usr/bin/env python3
"""Opens and breaks streams against a daemon, in every way in which a client can go, and looks that none stays open.

By the metrics `screenpop_streams`, `screenpop_figure_streams` and `screenpop_event_streams`: 0 at the end. Needs
nothing but Python.
"""

import argparse
import json
import os
import socket
import struct
import sys
import time

from extremes import Daemon

TARGETS = [
    '/v1/stream?operator=all', '/v1/stream?operator=101', '/v1/stream?operator=101,102', '/v1/stats/stream',
    '/v1/events/stream', '/v1/events/stream?type=call.ended',
]
COUNTS = ('screenpop_streams', 'screenpop_figure_streams', 'screenpop_event_streams')


def request(target):
    return f'GET {target} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n'.encode()


def tcp(port, token, target):
    client = socket.create_connection(('127.0.0.1', port), timeout=20)
    client.sendall(request(target).replace(b'Host: x', f'Host: x\r\nAuthorization: Bearer {token}'.encode()))
    return client


def unix(path, target):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(path)
    client.sendall(request(target))
    return client


def leave(client, how):
    if how == 'reset':
        # No goodbye: what the other side writes meets an error.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    elif how == 'read':
        client.recv(1)
    elif how == 'half':
        client.shutdown(socket.SHUT_WR)
    client.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--count', type=int, default=10_000)
    parser.add_argument('--binaries', default=os.environ.get('BINDIR', '.build/debug'))
    options = parser.parse_args()
    daemon = Daemon(options.binaries)
    try:
        typed = {'Content-Type': 'application/json'}
        token = json.loads(daemon.ask('POST', '/v1/tokens', b'{"role":"admin","name":"soak"}', typed)[1])['token']
        port = daemon.port()
        kept = []
        for n in range(options.count):
            target, how = TARGETS[n % len(TARGETS)], ('now', 'reset', 'read', 'half', 'late')[n // len(TARGETS) % 5]
            client = tcp(port, token, target) if n // 20 % 2 else unix(daemon.api, target)
            if how == 'late':
                # Some are open at once, so that frames are on their way when they go.
                kept.append(client)
                if len(kept) > 50:
                    leave(kept.pop(0), ('reset', 'now')[n % 2])
            else:
                leave(client, how)
            if n % 100 == 0:
                line = {'type': 'operator.' + ('login' if n % 200 else 'logout'), 'operator': '101'}
                daemon.ask('POST', '/v1/events', json.dumps(line).encode(), typed)
        for client in kept:
            leave(client, 'now')
        deadline, open_ = time.monotonic() + 30, None
        while time.monotonic() < deadline and open_ != [0] * len(COUNTS):
            metrics = daemon.ask('GET', '/metrics')[1].decode()
            open_ = [
                int(float(line.split()[-1]))
                for line in metrics.splitlines()
                if line.split(' ')[0] in COUNTS
            ]
            time.sleep(0.05)
        isGood = open_ == [0] * len(COUNTS) and daemon.process.poll() is None
        print(f'{options.count} streams opened and broken; open at the end: {open_}')
        print('1 passed, 0 failed' if isGood else '0 passed, 1 failed')
        sys.exit(0 if isGood else 1)
    finally:
        daemon.process.kill()


if __name__ == '__main__':
    main()
