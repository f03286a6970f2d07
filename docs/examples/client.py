#!/usr/bin/env python3
"""A client of screenpopd, with Python's standard library alone.

    client.py push '{"type":"ping"}' …       push events over the Unix socket, and print the replies
    client.py pops 101                       follow operator 101's pops, and say who is calling
    client.py figures                        today's figures of the centre
    client.py note CALL OPERATOR TEXT        write a note of a call

SCREENPOP_EVENTS_SOCKET   /run/screenpop/events.sock
SCREENPOP_URL             http://127.0.0.1:8790
SCREENPOP_TOKEN           from `screenpop token create`; a supervisor's does for all of these
"""

import http.client
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

EVENTS_SOCKET = os.environ.get('SCREENPOP_EVENTS_SOCKET', '/run/screenpop/events.sock')
URL = os.environ.get('SCREENPOP_URL', 'http://127.0.0.1:8790')
TOKEN = os.environ.get('SCREENPOP_TOKEN', '')


def push(events):
    """Pushes events, and yields the reply to each, in their order.

    "ok":true means that the event is on disk. An event that got no reply may be there or not: it is sent again over a
    new connection. Its `id` makes it count once.
    """
    waiting = [{'id': str(uuid.uuid4()), **event} for event in events]
    tries = 0
    while waiting:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(EVENTS_SOCKET)
                # A longer list should be sent in parts: a client that reads no replies is not read from either.
                connection.sendall(b''.join(json.dumps(event).encode() + b'\n' for event in waiting))
                connection.shutdown(socket.SHUT_WR)
                for line in connection.makefile(encoding='utf-8'):
                    yield json.loads(line)
                    waiting.pop(0)
                    tries = 0
        except OSError as error:
            print(f'{EVENTS_SOCKET}: {error}; trying again', file=sys.stderr)
        if waiting:
            tries += 1
            if tries == 10:
                raise SystemExit(f'{len(waiting)} events were not answered; is screenpopd running?')
            time.sleep(min(0.1 * 2 ** tries, 5))


def ask(method, path, body=None, headers=(), timeout=10):
    """An open answer. What the daemon refuses ends the program, with the daemon's own words; what it cannot do now is
    an OSError, like a connection that fails.
    """
    request = urllib.request.Request(URL + path, method=method, headers=dict(headers))
    request.add_header('Authorization', f'Bearer {TOKEN}')
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header('Content-Type', 'application/json')
    try:
        return urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        said = error.read()
        detail = json.loads(said).get('detail') if said.startswith(b'{') else error.reason
        raise (ConnectionError if error.code >= 500 else SystemExit)(f'{error.code}: {detail}') from None


def stream(path):
    """Yields (event, data) of a stream for ever; after a lost connection it goes on where it was."""
    last = None
    while True:
        try:
            headers = [('Accept', 'text/event-stream')] + ([('Last-Event-ID', last)] if last else [])
            # A comment comes every 15 s: twice that without anything, and the connection is dead.
            with ask('GET', path, headers=headers, timeout=30) as answer:
                event, data = 'message', []
                for line in answer:
                    field, _, value = line.decode().rstrip('\n').partition(':')
                    value = value.removeprefix(' ')
                    if field == 'id':
                        last = value
                    elif field == 'event':
                        event = value
                    elif field == 'data':
                        data.append(value)
                    elif field == '' and value == '' and data:
                        yield event, json.loads('\n'.join(data))
                        event, data = 'message', []
        except (OSError, http.client.HTTPException) as error:
            print(f'{URL}: {error}; connecting again', file=sys.stderr)
        time.sleep(1)


def pops(operator):
    """Prints a line for each change of what the operator's screen shows."""
    for event, data in stream('/v1/stream?operator=' + urllib.parse.quote(operator)):
        if event in ('pop', 'pop.update'):
            customer = data['customer']
            print(data['phase'], data['call'], customer['name'] if customer else 'unknown', flush=True)
        elif event == 'pop.withdrawn':
            print('withdrawn', data['call'], data['reason'], flush=True)
        elif event == 'reset':
            print('reset: forget what is shown; what is alive follows', flush=True)


def figures():
    with ask('GET', '/v1/stats') as answer:
        centre = json.load(answer)['centre']
    print(' '.join(f'{name}={centre[name]}' for name in ('offered', 'answered', 'abandoned', 'waiting')))


def note(call, operator, text):
    with ask('POST', f'/v1/calls/{urllib.parse.quote(call, safe="")}/note', {'operator': operator, 'text': text}) as a:
        print(f'{len(json.load(a)["notes"])} notes')


def main(arguments):
    match arguments:
        case ['push', *events] if events:
            for reply in push(json.loads(event) for event in events):
                print(json.dumps(reply, ensure_ascii=False))
        case ['pops', operator]:
            pops(operator)
        case ['figures']:
            figures()
        case ['note', call, operator, text]:
            note(call, operator, text)
        case _:
            raise SystemExit(__doc__)


if __name__ == '__main__':
    try:
        main(sys.argv[1:])
    except OSError as error:
        raise SystemExit(f'{URL}: {error}')
    except KeyboardInterrupt:
        sys.exit(130)
