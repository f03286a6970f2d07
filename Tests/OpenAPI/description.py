"""The description of the interface, and whether an answer is as it says."""

import json
import pathlib
import re

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'Sources' / 'Web' / 'OpenAPI'
FORMATS = FormatChecker(formats=())
STREAM, LINES = 'text/event-stream', 'application/x-ndjson'


@FORMATS.checks('date-time')
def is_time(value):
    """RFC 3339 in UTC, to the second or finer."""
    return not isinstance(value, str) or re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z', value)


def joined(whole, part):
    for name, value in part.items():
        if isinstance(value, dict) and isinstance(whole.get(name), dict):
            joined(whole[name], value)
        elif name in whole:
            raise ValueError(f'{name} is in two files')
        else:
            whole[name] = value
    return whole


def from_files():
    """The document as it should be served."""
    whole = {}
    for path in sorted(FOLDER.glob('*.json')):
        joined(whole, json.loads(path.read_text(encoding='utf-8')))
    return whole


class Description:
    """Checks answers. A key that is not described is a fault here, although clients are to pass over such keys."""

    def __init__(self, document):
        self.document = document
        # Open themselves: whoever refers to one closes it.
        schemas = {name: self.closed(schema, True) for name, schema in document['components']['schemas'].items()}
        resource = Resource.from_contents({'components': {'schemas': schemas}}, DRAFT202012)
        self.registry = Registry().with_resource('urn:described', resource)
        self.paths = [(path.strip('/').split('/'), path, item) for path, item in document['paths'].items()]
        self.validators = {}

    def faults_of_examples(self):
        """What is wrong with the examples in the document itself; they may leave keys out of what is open."""
        text = json.dumps(self.document).replace('"$ref": "#/', '"$ref": "urn:open#/')
        document = json.loads(text)
        registry = Registry().with_resource('urn:open', Resource.from_contents(document, DRAFT202012))
        for where, schema, value in examples(document):
            check = Draft202012Validator(schema, registry=registry, format_checker=FORMATS)
            for error in check.iter_errors(value):
                yield f'the example at {where}: {error.json_path}: {error.message[:200]}'

    def find(self, method, target):
        """The described path and the operation of a request; two Nones where there is none."""
        parts = target.split('?')[0].strip('/').split('/')
        fitting = [
            (sum(part.startswith('{') for part in known), path, item)
            for known, path, item in self.paths
            if len(known) == len(parts) and all(k.startswith('{') or k == p for k, p in zip(known, parts))
        ]
        if not fitting:
            return None, None
        # Where a value and a word are possible at one place, the word is meant.
        _, path, item = min(fitting, key=lambda one: one[0])
        return path, item.get(method.lower())

    def faults(self, method, target, status, kind, body):
        """What is wrong with an answer, as a list of sentences; it is empty when all is as described."""
        path, operation = self.find(method, target)
        if operation is None:
            # What is at no described place is answered by a problem alone.
            return [] if status in (400, 401, 404, 405) or status == 0 else ['the route is not described']
        response = operation['responses'].get(str(status))
        if response is None:
            return [f'{status} is not described']
        if '$ref' in response:
            response = self.document['components']['responses'][response['$ref'].split('/')[-1]]
        content, kind = response.get('content'), (kind or '').split(';')[0].strip().lower()
        if content is None:
            return [f'{status} has a body: {body[:80]!r}'] if body else []
        # A file of a customer has whatever type it has.
        if kind not in content and '*/*' in content:
            return []
        if kind not in content:
            return [f'{status} as {kind or "nothing"} is not described'] if body or kind else []
        return list(self.of_content(content[kind], kind, body))

    def of_content(self, content, kind, body):
        if kind == STREAM:
            known = content.get('x-events', {})
            for name, data in events(body):
                if name not in known:
                    yield f'the event {name} is not described'
                else:
                    yield from self.of_json(known[name]['data'], data)
        elif kind == LINES:
            for line in body.splitlines():
                if line.strip() and 'x-line' in content:
                    yield from self.of_json(content['x-line'], line)
        elif kind.endswith('json'):
            yield from self.of_json(content['schema'], body)

    def of_json(self, schema, text):
        try:
            value = json.loads(text)
        except ValueError as error:
            yield f'no JSON: {error}: {text[:200]!r}'
            return
        key = json.dumps(schema)
        if key not in self.validators:
            self.validators[key] = Draft202012Validator(
                self.closed(schema),
                registry=self.registry,
                format_checker=FORMATS,
            )
        for error in self.validators[key].iter_errors(value):
            while error.context:
                error = max(error.context, key=lambda one: len(one.absolute_path))
            yield f'{error.json_path}: {error.message[:300]}'

    def closed(self, node, is_part=False):
        """The same with every reference into the registry, and every object closed against undescribed keys.

        A part of an `allOf` stays open, as the others have keys of their own.
        """
        if isinstance(node, list):
            return [self.closed(one, is_part) for one in node]
        if not isinstance(node, dict):
            return node
        has_keys = self.has_keys(node)
        made = {name: self.closed(value, name == 'allOf') for name, value in node.items()}
        if isinstance(made.get('$ref'), str) and made['$ref'].startswith('#'):
            made['$ref'] = 'urn:described' + made['$ref']
        if has_keys and not is_part and 'additionalProperties' not in node:
            made['unevaluatedProperties'] = False
        return made

    def has_keys(self, node):
        """Whether a schema names keys of an object."""
        if isinstance(node.get('$ref'), str) and '/schemas/' in node['$ref']:
            return self.has_keys(self.document['components']['schemas'][node['$ref'].split('/')[-1]])
        return 'allOf' in node or isinstance(node.get('properties'), dict)


def events(text):
    """The whole events of a stream, as (name, data)."""
    for block in text.split('\n\n')[:-1]:
        fields = [line.split(': ', 1) for line in block.splitlines() if re.match('(event|data): ', line)]
        fields = dict(one for one in fields if len(one) == 2)
        if 'data' in fields:
            yield fields.get('event', 'message'), fields['data']


def examples(node, where=''):
    """Every example with the schema that it is of."""
    if isinstance(node, list):
        for number, one in enumerate(node):
            yield from examples(one, f'{where}/{number}')
    if not isinstance(node, dict):
        return
    schema, of = node.get('schema', node), node.get('examples', [])
    values = [one.get('value') for one in of.values()] if isinstance(of, dict) else of if isinstance(of, list) else []
    for value in values + ([node['example']] if 'example' in node else []):
        yield where, {key: part for key, part in schema.items() if key not in ('example', 'examples')}, value
    for key, one in node.items():
        if key not in ('example', 'examples'):
            yield from examples(one, f'{where}/{key}')
