#!/usr/bin/env python3
"""Runs schemathesis against a daemon's own `/v1/openapi.json`, with an administrator's token, over TCP.

What is described is tried, and what is just beyond it; `extremes.py` goes further. The daemon must answer no 500 and
must live on.
"""

import argparse
import json
import os
import re
import subprocess
import sys

from extremes import Daemon, Run, prepare


def named(run, daemon, command, options):
    """Once more the routes whose paths name a list, an intake and so on, with the names that there are."""
    places = {}
    for (start, part), value in run.places.items():
        places.setdefault(start, {})[part] = str(value)
    config = f'{daemon.folder.name}/schemathesis.toml'
    with open(config, 'w') as file:
        for start, parts in places.items():
            if '{id}' in start:
                parts['id'] = '1'
            values = ', '.join(f'"path.{part}" = "{value}"' for part, value in parts.items())
            file.write(f'[[operations]]\ninclude-path-regex = {json.dumps("^" + re.escape(start))}\n')
            file.write(f'parameters = {{ {values} }}\n')
    again = [command[0], '--config-file', config, *command[1:]]
    again[again.index('--max-time') + 1] = str(max(30, options.seconds // 4))
    again[again.index('--exclude-path-regex') + 1] = f'/stream$|^(?!({"|".join(map(re.escape, places))}))'
    return subprocess.run(again, check=False).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--binaries', default=os.environ.get('BINDIR', '.build/debug'))
    parser.add_argument('--schemathesis', default='.build/fuzz/bin/schemathesis')
    parser.add_argument('--seconds', type=int, default=300)
    parser.add_argument('--seed', type=int, default=16)
    options = parser.parse_args()
    daemon = Daemon(options.binaries)
    try:
        run = Run(daemon, short=True)
        prepare(run)
        made = daemon.ask(
            'POST',
            '/v1/tokens',
            json.dumps({'role': 'admin', 'name': 'fuzz'}).encode(),
            {'Content-Type': 'application/json'},
        )
        token = json.loads(made[1])['token']
        command = [
            options.schemathesis,
            'run',
            f'http://127.0.0.1:{daemon.port()}/v1/openapi.json',
            '-H',
            f'Authorization: Bearer {token}',
            '--checks',
            'not_a_server_error',
            '--phases',
            'examples,coverage,fuzzing',
            '--mode',
            'all',
            '--workers',
            '1',
            '--max-time',
            str(options.seconds),
            '--seed',
            str(options.seed),
            '--continue-on-failure',
            '--request-timeout',
            '20',
            # A stream has no end; a password takes as long to check as it should.
            '--exclude-path-regex',
            '/stream$|/v1/session$|/v1/accounts/',
            '--no-color',
            '--warnings',
            'off',
            '--generation-database',
            'none',
        ]
        code = subprocess.run(command, check=False).returncode
        code = named(run, daemon, command, options) or code
        if daemon.process.poll() is not None:
            print(f'the daemon ended with {daemon.process.returncode}: {daemon.said()[-3000:]}')
            code = 1
        elif run.send('GET', '/v1/stats')[0] != 200:
            code = 1
        sys.exit(code)
    finally:
        daemon.process.kill()


if __name__ == '__main__':
    main()
