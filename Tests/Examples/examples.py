#!/usr/bin/env python3
"""Runs the clients of docs/examples against a daemon, each from a call's arrival to a note about it.

examples.py   BINDIR: where screenpopd is, .build/debug. JavaScript is left out where there is no Node.js 18.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / 'docs/examples'
sys.path.append(str(HERE.parent / 'Fuzz'))

from extremes import Daemon  # noqa: E402

CUSTOMERS = 'external_id,name,phone\nD-001,山田 太郎,090-0000-0001\n'


def clients():
    """How each is run."""
    yield 'python', [sys.executable, str(EXAMPLES / 'client.py')]
    if shutil.which('socat') and shutil.which('curl'):
        yield 'bash', ['bash', str(EXAMPLES / 'client.sh')]
    else:
        print('Left out: socat or curl is missing.', file=sys.stderr)
    node = shutil.which('node')
    version = subprocess.run([node, '--version'], stdout=subprocess.PIPE, text=True).stdout if node else 'v0'
    if int(version[1:].split('.')[0]) >= 18:
        yield 'javascript', [node, str(EXAMPLES / 'client.mjs')]
    else:
        print('Left out: there is no Node.js 18.', file=sys.stderr)


class Client:
    def __init__(self, daemon, command, token):
        self.command = command
        self.environment = {
            **os.environ, 'SCREENPOP_EVENTS_SOCKET': daemon.events, 'SCREENPOP_TOKEN': token,
            'SCREENPOP_URL': f'http://127.0.0.1:{daemon.port()}',
        }

    def run(self, *words, status=0, **environment):
        done = subprocess.run(
            [*self.command, *words], env={**self.environment, **environment}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=20)
        assert done.returncode == status, f'{words} ended with {done.returncode}: {done.stderr}'
        return done.stdout + (done.stderr if status else '')

    def push(self, *events):
        replies = [json.loads(line) for line in self.run('push', *map(json.dumps, events)).splitlines()]
        assert [reply['ok'] for reply in replies] == [True] * len(events), replies
        return replies


def whole(daemon, client, call):
    """From a call's arrival to a note about it."""
    before = client.run('figures')
    assert before.startswith('offered='), before
    with tempfile.TemporaryFile('w+') as out:
        following = subprocess.Popen([*client.command, 'pops', '101'], env=client.environment, stdout=out)
        try:
            replies = client.push(
                {'type': 'operator.login', 'operator': '101'},
                {'type': 'call.offered', 'call': call, 'from': '09000000001', 'to': '0300000000', 'queue': 'support'},
                {'type': 'call.ringing', 'call': call, 'operator': '101'},
            )
            assert '山田' in json.dumps(replies[1], ensure_ascii=False), replies[1]
            seen(out, call)
        finally:
            following.terminate()
            following.wait()
    client.push({'type': 'call.answered', 'call': call, 'operator': '101'},
                {'type': 'call.ended', 'call': call, 'by': 'caller'})
    after = client.run('figures')
    count = lambda said: int(said.split()[0].removeprefix('offered='))  # noqa: E731
    assert count(after) == count(before) + 1, (before, after)
    # Quotes, line ends and other scripts come through.
    text = 'Says "yes" & it\'s 100 %\n水漏れ'
    assert client.run('note', call, '101', text) == '1 notes\n'
    notes = json.loads(daemon.ask('GET', f'/v1/calls/{call}')[1])['notes']
    assert [(note['operator'], note['text']) for note in notes] == [('101', text)], notes
    refused = client.run('note', 'no-such-call', '101', 'x', status=client_refuses(client))
    assert 'no-such-call' in refused, refused


def client_refuses(client):
    """The exit status of a refusal; curl has one of its own."""
    return 22 if client.command[0] == 'bash' else 1


def seen(out, call):
    deadline = time.monotonic() + 15
    while True:
        out.seek(0)
        said = out.read()
        if call in said and 'ringing' in said and '山田' in said:
            return
        assert time.monotonic() < deadline, f'no pop of {call}: {said}'
        time.sleep(0.02)


def main():
    daemon = Daemon(os.environ.get('BINDIR', '.build/debug'))
    try:
        status, said = daemon.ask(
            'POST', '/v1/customers/import', CUSTOMERS.encode(), {'Content-Type': 'text/csv'})
        assert status == 200, said
        wanted = json.dumps({'role': 'supervisor', 'name': 'examples'})
        status, said = daemon.ask('POST', '/v1/tokens', wanted, {'Content-Type': 'application/json'})
        assert status == 201, said
        token = json.loads(said)['token']
        count = 0
        for name, command in clients():
            whole(daemon, Client(daemon, command, token), f'example-{name}')
            count += 1
        print(f'{count} clients of docs/examples work.')
    finally:
        daemon.process.terminate()
        daemon.process.wait()


if __name__ == '__main__':
    main()
