#!/usr/bin/env python3
"""Sends extremes to every HTTP route and into every attribute of every event, beyond what is described.

One value at a time is put in the place of a sensible one: the limits of Int64, 1e308, huge texts, deep nesting, the
years 1 and 9999, control characters, wrong types. No response may be a 500, none may be missing, and the daemon must
keep running.
Needs nothing but Python. `--short` takes a part of the values: some twenty seconds in `make test`.
"""

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'OpenAPI'))
import answers  # noqa: E402

MAX, MIN = 2**63 - 1, -(2**63)
NUMBERS = [
    MAX,
    MIN,
    0,
    -1,
    MAX - 1,
    MAX // 1000,
    MAX // 1000 + 1,
    MIN // 1000 - 1,
    2**63,
    2**64,
    10**30,
    1e308,
    -1e308,
    5e-324,
    0.1,
    2**31,
    2**32,
    2**53 + 1,
]
TIMES = [
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '0000-00-00T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59-23:59',
    '10000-01-01T00:00:00Z',
    '292277026596-12-04T15:30:07Z',
    '1970-01-01T00:00:00Z',
    '2026-06-30T23:59:60Z',
    '9999-12-31',
    '0001-01-01',
    '-271821-04-20T00:00:00Z',
]
TEXTS = [
    '',
    ' ',
    'NaN',
    'Infinity',
    '-0',
    'null',
    'x' * 70_000,
    'あ' * 30_000,
    '\u0000',
    'a\u0000b',
    '\u001b[2J',
    '\ud7ff\ue000',
    '👩‍👩‍👧‍👦' * 500,
    '%',
    '../../../etc/passwd',
    "' OR 1=1 --",
    '=HYPERLINK("x")',
    '\u202e',
    '\ufeff',
    '٣' * 20,
    '２' * 20,
    f'{MAX}.{MAX}',
    f'{MAX}.1',
    f'{MIN}.0',
    f'v{MAX}',
    f'1h{MAX}',
    f'{MAX}m',
    '99999999999h',
    '-1m',
    '9' * 400,
    '+' + '9' * 40,
]
ODD = [None, True, [], {}, [None], {'': {}}, [[[[]]]], [MAX] * 100]
SHORT = [
    MAX,
    MIN,
    MAX // 1000,
    1e308,
    -1,
    '9999-12-31T23:59:59.999Z',
    '0001-01-01T00:00:00Z',
    '',
    'x' * 70_000,
    'a\u0000b',
    f'{MAX}.1',
    None,
    {'': {}},
]
SHORT_QUERY = [
    MAX,
    MIN,
    -1,
    1e308,
    '9999-12-31T23:59:59Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31',
    'x' * 7_000,
    f'{MAX}.1',
    '٣' * 20,
]


# What others send requests with names of: a list, an intake, a webhook, a look-up and mails.
TOKEN = '0123456789abcdef0123456789abcdef'
CONFIG = '''region = "JP"
timezone = "Asia/Tokyo"
[customers.fields]
plan = "Plan"
[queues.support]
[mail]
from = "support@shop.example"
program = ["/bin/true"]
[[webhook]]
name = "crm"
url = "http://127.0.0.1:9/hook"
types = ["call.ended"]
[[lookup]]
name = "crm"
url = "http://127.0.0.1:9/find?n={number}"
answer = { records = "items" }
field = [{ label = "Company", path = "company" }]
[intake.shop]
token_file = "FOLDER/intake"
each = "messages"
[[intake.shop.rule]]
when = { kind = ["question", "order"] }
[intake.shop.rule.contact]
id = "{id}"
channel = "web"
email = "{customer.mail}"
text = "{text}"
'''
# A request that the intake's rule takes.
INTAKE = {'messages': [{'id': 'm1', 'kind': 'question', 'text': 'x', 'customer': {'mail': 'a@example.com'}}]}


class UnixHTTP(http.client.HTTPConnection):
    """HTTP over the daemon's socket, where whoever may open it may do everything."""

    def __init__(self, path):
        super().__init__('localhost', timeout=120)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Daemon:
    def __init__(self, binaries):
        self.folder = tempfile.TemporaryDirectory(prefix='web-fuzz-')
        self.api, self.events = (f'{self.folder.name}/{name}.sock' for name in 'ae')
        with open(f'{self.folder.name}/c.toml', 'w') as file:
            file.write(CONFIG.replace('FOLDER', self.folder.name))
        with open(f'{self.folder.name}/intake', 'w') as file:
            file.write(TOKEN + '\n')
        self.errors = open(f'{self.folder.name}/err', 'w+')
        self.process = subprocess.Popen(
            [
                f'{binaries}/screenpopd',
                '--state-dir',
                f'{self.folder.name}/state',
                '--events-socket',
                self.events,
                '--api-socket',
                self.api,
                '--http',
                '127.0.0.1:0',
                '--config',
                f'{self.folder.name}/c.toml',
            ],
            stderr=self.errors,
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while 'ready:' not in self.said():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f'the daemon did not start: {self.said()[-500:]}')
            time.sleep(0.02)
        self.connection = None

    def said(self):
        with open(self.errors.name, errors='replace') as file:
            return file.read()

    def port(self):
        return int(self.said().split('HTTP at ')[1].split(',')[0].rsplit(':', 1)[1])

    def ask(self, method, target, body=None, headers=None):
        """The status and the answer's start; a stream is left after its head. Raises when there is no answer."""
        if self.connection is None:
            self.connection = UnixHTTP(self.api)
        try:
            self.connection.request(method, target, body=body, headers=headers or {})
            answer = self.connection.getresponse()
            if 'event-stream' in (answer.getheader('Content-Type') or '') or answer.status == 413:
                self.connection.close()
                self.connection = None
                return answer.status, b''
            read = answer.read()
            answers.keep(method, target, answer.status, answer.getheader('Content-Type'), read)
            if answer.getheader('Connection') == 'close':
                self.connection = None
            return answer.status, read
        except (OSError, http.client.HTTPException):
            self.connection = None
            raise


class Run:
    def __init__(self, daemon, short):
        self.daemon, self.short = daemon, short
        self.count, self.faults, self.statuses, self.slow, self.times = 0, [], {}, (0, ''), {}
        # What stands for a part of a path, by the beginning of the path and the part's name.
        self.places = {
            ('/v1/lists/', 'name'): 'spring', ('/v1/lists/', 'customer'): '1', ('/v1/intake/', 'name'): 'shop',
            ('/v1/webhooks/', 'name'): 'crm',
        }

    def send(self, method, target, body=None, headers=None):
        what = f'{method} {target[:160]} {(body or b"")[:200]!r}'
        began = time.monotonic()
        try:
            status, answer = self.daemon.ask(method, target, body, headers)
        except (OSError, http.client.HTTPException) as error:
            # One more tells whether somebody is there.
            try:
                self.daemon.ask('GET', '/healthz')
                status, answer = 0, b''
            except (OSError, http.client.HTTPException):
                self.fail(
                    f'{what}: no answer ({error}); the daemon ended: {self.daemon.process.poll() is not None}'
                )
                raise SystemExit(self.report())
        took = time.monotonic() - began
        self.slow = max(self.slow, (took, what))
        path = f'{method} {target.split("?")[0][:60]}'
        self.times[path] = self.times.get(path, 0) + took
        self.count += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1
        # A head of more than 64 KiB may be cut off without an answer.
        if status == 500 or status == 0 and len(target) < 60_000:
            self.fail(f'{what}: {status} {answer[:200]!r}')
        return status, answer

    def fail(self, text):
        self.faults.append(text)
        print(f'FAULT {text}', flush=True)

    def report(self):
        by = ', '.join(f'{status}: {count}' for status, count in sorted(self.statuses.items()))
        print(
            f'{self.count} requests and events with extremes; answered {by}; '
            f'the longest took {self.slow[0]:.2f} s: {self.slow[1][:120]}'
        )
        print(f'{self.count - len(self.faults)} passed, {len(self.faults)} failed')
        if self.daemon.process.poll() is not None or self.faults:
            print(self.daemon.said()[-3000:], file=sys.stderr)
        return 1 if self.faults else 0

    # The described requests, and what stands in the place of each of their parts.

    def values(self):
        return SHORT if self.short else NUMBERS + TIMES + TEXTS + ODD

    def words(self):
        """What a parameter of the path or the query is."""
        return [v if isinstance(v, str) else repr(v) for v in (SHORT_QUERY if self.short else NUMBERS + TIMES + TEXTS)]

    def routes(self, document):
        def resolved(thing):
            while isinstance(thing, dict) and '$ref' in thing:
                node = document
                for part in thing['$ref'].split('/')[1:]:
                    node = node[part]
                thing = node
            return thing

        def sample(schema, depth=0):
            schema = resolved(schema)
            if not isinstance(schema, dict) or depth > 6:
                return 'x'
            for key in ('const', 'example', 'default'):
                if key in schema:
                    return schema[key]
            if 'enum' in schema:
                return schema['enum'][0]
            for key in ('oneOf', 'anyOf'):
                if key in schema:
                    return sample(schema[key][0], depth + 1)
            kind = schema.get('type')
            kind = kind[0] if isinstance(kind, list) else kind
            if kind == 'object' or 'properties' in schema:
                return {name: sample(one, depth + 1) for name, one in schema.get('properties', {}).items()}
            if kind == 'array':
                return [sample(schema.get('items', {}), depth + 1)]
            return {'integer': 1, 'number': 1, 'boolean': False}.get(
                kind, '2026-11-20T09:00:00Z' if schema.get('format') == 'date-time' else 'x'
            )

        for path, item in document['paths'].items():
            for method, one in item.items():
                if method not in ('get', 'put', 'post', 'patch', 'delete'):
                    continue
                parameters = [resolved(p) for p in item.get('parameters', []) + one.get('parameters', [])]
                content = resolved(one.get('requestBody', {})).get('content', {})
                body = sample(content['application/json']['schema']) if 'application/json' in content else None
                yield method.upper(), path, parameters, body, list(content)

    SENSIBLE = {
        'id': '1', 'item': '1', 'call': 'c1', 'number': '090-0000-0001', 'operator': '101', 'name': 'style.css',
    }

    def target(self, path, given=None):
        described = path
        for name in re.findall(r'\{(\w+)\}', described):
            here = [v for (start, part), v in self.places.items() if part == name and described.startswith(start)]
            value = given[1] if given and given[0] == name else (here or [self.SENSIBLE.get(name, 'x')])[0]
            path = path.replace('{' + name + '}', quote(str(value), safe=''))
        return path

    # Routes that have to be reached: what is behind a 404 is tried by nothing.
    REACHED = re.compile(
        r'/v1/((lists|intake|webhooks|articles|templates|incidents|inbox|messages|cases|calls)/'
        r'|customers/\{id\}/(purchases|contracts|contacts|notes)/)'
    )

    def reached(self, document):
        """Every route of these that only reads finds what its sensible path names."""
        for method, path, _, _, _ in self.routes(document):
            if method != 'GET' or '{' not in path or not self.REACHED.match(path):
                continue
            status, answer = self.send('GET', self.target(path))
            if status == 404:
                self.fail(f'GET {self.target(path)} is not reached: {answer[:200]!r}')

    def everything(self, document):
        for method, path, parameters, body, types in self.routes(document):
            if (method, path) == ("DELETE", "/v1/session"):
                continue
            headers = {'Content-Type': types[0]} if types else {}
            if path == '/v1/intake/{name}':
                headers, body = {'Content-Type': 'application/json', 'Authorization': f'Bearer {TOKEN}'}, INTAKE
            sensible = json.dumps(body).encode() if body is not None else None
            base = self.target(path)
            self.send(method, base, sensible, headers)
            for one in parameters:
                for value in self.words():
                    if one['in'] == 'path':
                        # Where a password is checked, one that is too short does: checking takes a tenth of a second.
                        given = sensible.replace(b'correct horse battery', b'x') if sensible else None
                        self.send(method, self.target(path, (one['name'], value)), given, headers)
                    elif one['in'] == 'query':
                        more = '&figure=offered' if one['name'] in ('from', 'to') and path == '/v1/stats' else ''
                        self.send(method, f'{base}?{one["name"]}={quote(value, safe="")}', sensible, headers)
                        if more:
                            self.send(
                                method,
                                f'{base}?receipt=true{more}&{one["name"]}={quote(value, safe="")}',
                                sensible,
                                headers,
                            )
                    elif one['in'] == 'header' and value.isascii() and value.isprintable() and len(value) < 7_000:
                        self.send(method, base, sensible, {**headers, one['name']: value})
            self.pairs(method, path, base, parameters)
            if body is not None:
                self.bodies(method, base, body, headers)
            elif types:
                for raw in (b'', b'\xff\xfe\x00', b'PK\x03\x04', b'a,b\n"', b'name,phone\n=1,' + b'9' * 100_000):
                    self.send(method, base, raw, headers)

    def pairs(self, method, path, base, parameters):
        """Ends of a time that are as far apart as can be written."""
        names = {one['name'] for one in parameters if one['in'] == 'query'}
        if not {'from', 'to'} <= names:
            return
        for start, end in (
            ('0001-01-01', '9999-12-31'),
            ('0001-01-01T00:00:00Z', '9999-12-31T23:00:00Z'),
            ('2026-01-02', '2026-01-01'),
        ):
            for step in (
                (
                    '',
                    '&step=5m',
                    '&step=15m',
                    '&step=1d',
                    '&step=1w',
                    '&step=1mo',
                    f'&step={MAX}m',
                    '&step=99999999999h',
                )
                if 'step' in names
                else ('',)
            ):
                for more in (
                    ('', '&recount=true', '&by=operator', '&format=csv')
                    if 'step' in names and not self.short
                    else ('',)
                ):
                    self.send(method, f'{base}?from={start}&to={end}{step}{more}')

    def bodies(self, method, base, body, headers):
        for raw in (
            b'',
            b'{',
            b'[]',
            b'null',
            b'"x"',
            b'\xff\xfe',
            b'{"a":' * 100_000,
            b'[' * 1_000_000,
            b'{"x":' + b'9' * 500_000 + b'}',
        ):
            self.send(method, base, raw, headers)
        if not isinstance(body, dict):
            return
        for name in body:
            # A password takes a tenth of a second to check, and much longer when built for debugging.
            for value in self.values()[:3] if base == '/v1/session' or '/accounts/' in base else self.values():
                self.send(method, base, self.encoded(body, {name: value}), headers)
                # Alone: a field that another one forbids is not looked at.
                if not self.short:
                    self.send(method, base, self.encoded({}, {name: value}), headers)
        for place in self.inner(body):
            for value in SHORT[:: 7 if self.short else 1]:
                self.send(method, base, json.dumps(self.put(body, place, value)).encode(), headers)

    @staticmethod
    def inner(body, place=()):
        """The places of values within values."""
        found = []
        parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
        for name, value in parts:
            if place:
                found.append((*place, name))
            found += Run.inner(value, (*place, name))
        return found

    @staticmethod
    def put(body, place, value):
        if not place:
            return value
        made = dict(body) if isinstance(body, dict) else list(body)
        made[place[0]] = Run.put(body[place[0]], place[1:], value)
        return made

    @staticmethod
    def encoded(body, changes):
        return json.dumps({**body, **changes}).encode()

    # Events: each attribute of each type, over HTTP and over the socket.

    def events(self, document):
        schemas = document['components']['schemas']
        types = [
            word
            for word in self.words_of(schemas)
            if re.fullmatch(r'(call|operator|pbx|touchpoint)\.[a-z_]+|snapshot|ping', word)
        ]
        if len(types) < 20:
            self.fail(f'the events are not found in the description: {types}')
        attributes = {
            'id': 'e',
            'source': 'default',
            'time': '2026-11-20T09:00:00Z',
            'call': 'c1',
            'from': '090-0000-0001',
            'to': '0300000000',
            'queue': 'support',
            'operator': '101',
            'position': 1,
            'priority': 1,
            'reason': 'r',
            'device': 'PJSIP/1',
            'queues': ['support'],
            'customer': 1,
            'duration': 1,
            'part': 1,
            'parts': 1,
            'calls': [],
            'operators': [],
            'channel': 'web',
            'summary': 's',
            'direction': 'inbound',
            'external_id': 'E',
            'account': 'a',
            'email': 'a@example.com',
            'name': 'n',
            'presentation': 'allowed',
            'pop': '1.101',
            'by': 'caller',
            'cause': 16,
            'text': 't',
            'kind': 'k',
            'link': 'l',
            'state': 'talking',
            'waiting': 1,
        }
        lines = []
        for kind in types:
            for name in attributes:
                for value in self.values():
                    # A call has some events and not thousands.
                    call = f'f{len(lines) // 25}'
                    lines.append(
                        json.dumps({**attributes, 'id': f'{len(lines)}', 'call': call, 'type': kind, name: value})
                    )
            for deep in ('[' * 60_000, '{"x":' * 10_000):
                lines.append(f'{{"type":"{kind}","x":{deep}')
        batch, size = [], 0
        for line in lines + [None]:
            if line is None or size + len(line) > 1_000_000:
                _, answer = self.send(
                    'POST', '/v1/events', '\n'.join(batch).encode(), {'Content-Type': 'application/x-ndjson'}
                )
                self.count += len(batch)
                if answer.count(b'\n') != len(batch):
                    self.fail(f'{len(batch)} events had {answer.count(10)} replies')
                batch, size = [], 0
            if line is not None:
                batch.append(line)
                size += len(line) + 1
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60)
            client.connect(self.daemon.events)
            replies = client.makefile('rb')
            # One after the other what fits, so that neither side waits for the other's buffer.
            for line in lines[::7]:
                client.sendall(line.encode() + b'\n')
                reply = replies.readline()
                self.count += 1
                if not reply.startswith(b'{"ok":'):
                    self.fail(f'event {line[:200]}: {reply[:200]!r}')
                    break

    @staticmethod
    def words_of(node):
        """All words of closed sets."""
        if isinstance(node, list):
            return sorted({word for one in node for word in Run.words_of(one)})
        if not isinstance(node, dict):
            return []
        own = (
            [node['const']]
            if isinstance(node.get('const'), str)
            else [w for w in node.get('enum', []) if isinstance(w, str)]
        )
        return sorted({*own, *(word for one in node.values() for word in Run.words_of(one))})

    def headers(self):
        for name in (
            'Last-Event-ID',
            'If-Match',
            'Accept-Language',
            'Cookie',
            'Authorization',
            'X-Forwarded-For',
            'Content-Length-X',
        ):
            for value in (
                f'{MAX}-{MAX}',
                f'1-{2**64}',
                '-',
                f'"v{MAX}"',
                '"v' + '9' * 5_000 + '"',
                '*',
                '², ½',
                'Bearer ' + 'x' * 6_000,
            ):
                for method, path in (
                    ('GET', '/v1/stream?operator=all'),
                    ('GET', '/v1/stats'),
                    ('PATCH', '/v1/customers/1'),
                ):
                    self.send(
                        method,
                        path,
                        b'{}',
                        {name: value.encode('utf-8').decode('latin-1'), 'Content-Type': 'application/json'},
                    )


def prepare(run):
    """A centre with something in it, so that requests get beyond "there is no such"."""
    typed = {'Content-Type': 'application/json'}
    for n in range(3):
        run.send(
            'POST', '/v1/customers', json.dumps({'name': f'山田 {n}', 'phones': [f'090-0000-000{n}']}).encode(), typed
        )
    lines = [{'type': 'operator.login', 'operator': '101', 'device': 'PJSIP/101', 'queues': ['support']}]
    for n in range(5):
        lines += [
            {
                'type': 'call.offered',
                'call': f'c{n}',
                'from': f'090-0000-000{n}',
                'to': '0300000000',
                'queue': 'support',
            },
            {'type': 'call.queued', 'call': f'c{n}', 'queue': 'support'},
        ]
    lines += [
        {'type': 'call.ringing', 'call': 'c1', 'operator': '101'},
        {'type': 'call.answered', 'call': 'c1', 'operator': '101'},
        {'type': 'call.ended', 'call': 'c2', 'by': 'caller'},
    ]
    status, answer = run.send(
        'POST', '/v1/events', '\n'.join(map(json.dumps, lines)).encode(), {'Content-Type': 'application/x-ndjson'}
    )
    if status != 200 or b'"ok":false' in answer:
        run.fail(f'the centre could not be prepared: {status} {answer[:300]!r}')
    def made(method, target, body):
        status, answer = run.send(method, target, json.dumps(body).encode(), typed)
        if status not in (200, 201):
            run.fail(f'the centre could not be prepared: {method} {target}: {status} {answer[:300]!r}')
            return {}
        return json.loads(answer)

    for kind, item in (
        ('purchases', {'product': 'x'}), ('contracts', {'service': 'x'}), ('contacts', {'channel': 'visit'}),
        ('notes', {'text': 'x'}),
    ):
        run.places[f'/v1/customers/{{id}}/{kind}/', 'item'] = made('POST', f'/v1/customers/1/{kind}', item).get('id', 1)
    run.places['/v1/cases/', 'id'] = made('POST', '/v1/customers/1/cases', {'title': 'x', 'owner': '101'}).get('id', 1)
    for kind, item in (
        ('articles', {'title': 'x', 'body': 'x'}), ('templates', {'title': 'x', 'text': 'x'}),
        ('incidents', {'title': 'x'}), ('messages', {'to': '101', 'text': 'x'}),
    ):
        run.places[f'/v1/{kind}/', 'id'] = made('POST', f'/v1/{kind}', item).get('id', 1)
    made('POST', '/v1/lists', {'name': 'spring', 'title': 'x', 'of': 'dormant'})
    # A mail of somebody whom nobody knows goes to the inbox.
    mail = {'from': {'address': 'nobody@example.com'}, 'to': [{'address': 'support@shop.example'}],
            'subject': 'x', 'text': 'x',
            'message_id': 'm1@example.com', 'date': '2026-11-20T09:00:00Z'}
    run.places['/v1/inbox/', 'id'] = made('POST', '/v1/contacts/mail', mail).get('inbox', 1)
    status, answer = run.send(
        'POST', '/v1/intake/shop', json.dumps(INTAKE).encode(), {**typed, 'Authorization': f'Bearer {TOKEN}'}
    )
    if status >= 300:
        run.fail(f'the intake is not reached: {status} {answer[:300]!r}')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--short', action='store_true')
    parser.add_argument('--times', action='store_true', help='say which routes took longest')
    parser.add_argument('--binaries', default=os.environ.get('BINDIR', '.build/debug'))
    options = parser.parse_args()
    daemon = Daemon(options.binaries)
    try:
        run = Run(daemon, options.short)
        prepare(run)
        document = json.loads(daemon.ask('GET', '/v1/openapi.json')[1])
        run.reached(document)
        run.everything(document)
        run.headers()
        run.events(document)
        for path in ('/readyz', '/v1/stats', '/v1/calls', '/metrics'):
            if run.send('GET', path)[0] != 200:
                run.fail(f'{path} does not answer any more')
        if options.times:
            for path, took in sorted(run.times.items(), key=lambda one: -one[1])[:25]:
                print(f'{took:8.2f} s  {path}')
        code = run.report()
        daemon.process.terminate()
        if daemon.process.wait(60) != 0:
            print(f'the daemon ended with {daemon.process.returncode}: {daemon.said()[-2000:]}')
            code = 1
        sys.exit(code)
    finally:
        daemon.process.kill()


if __name__ == '__main__':
    main()
