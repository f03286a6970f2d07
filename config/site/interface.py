"""The page of the HTTP interface, from its OpenAPI files."""

import html
import json

METHODS = ('get', 'post', 'put', 'patch', 'delete')


def joined(whole, part):
    for name, value in part.items():
        if isinstance(value, dict) and isinstance(whole.get(name), dict):
            joined(whole[name], value)
        else:
            whole[name] = value
    return whole


def text(value):
    """A description: code between backticks."""
    parts = html.escape(value or '', quote=False).split('`')
    return ''.join(f'<code>{part}</code>' if index % 2 else part for index, part in enumerate(parts))


def name_of(reference):
    return reference.rsplit('/', 1)[-1]


def kind(schema):
    """What a value is, in a few words; a schema that has a name is a link."""
    if not isinstance(schema, dict):
        return ''
    if '$ref' in schema:
        name = name_of(schema['$ref'])
        return f'<a href="#schema-{name}">{name}</a>'
    for key, word in (('oneOf', ' or '), ('anyOf', ' or '), ('allOf', ' with ')):
        if key in schema:
            return word.join(filter(None, (kind(one) for one in schema[key])))
    if 'const' in schema or 'enum' in schema:
        values = schema.get('enum', [schema.get('const')])
        return ' '.join(f'<code>{html.escape(json.dumps(one, ensure_ascii=False))}</code>' for one in values)
    kinds = schema.get('type', 'object' if 'properties' in schema else '')
    if isinstance(kinds, list):
        return ' or '.join(kind({**schema, 'type': one}) for one in kinds)
    if kinds == 'array':
        return f'list of {kind(schema.get("items", {}))}'
    return html.escape(f'{kinds} ({schema["format"]})' if 'format' in schema else kinds)


def bounds(schema):
    words = {'minimum': 'at least', 'maximum': 'at most', 'minLength': 'shortest', 'maxLength': 'longest',
             'maxItems': 'at most', 'default': 'default', 'pattern': 'pattern'}
    return ', '.join(f'{word} <code>{html.escape(json.dumps(schema[key], ensure_ascii=False))}</code>'
                     for key, word in words.items() if isinstance(schema, dict) and key in schema)


def rows(cells):
    return ''.join('<tr>' + ''.join(f'<td>{cell}</td>' for cell in row) + '</tr>' for row in cells)


def table(head, cells):
    heads = ''.join(f'<th>{one}</th>' for one in head)
    return f'<table><thead><tr>{heads}</tr></thead><tbody>{rows(cells)}</tbody></table>' if cells else ''


def properties(schema):
    """The table of an object's members; of several schemas that hold together, each one's."""
    out = []
    for part in schema.get('allOf', []):
        out.append(properties(part) if '$ref' not in part else f'<p>With what {kind(part)} has.</p>')
    required = set(schema.get('required', []))
    out.append(table(['', '', ''], [
        [f'<code>{html.escape(name)}</code>{"" if name in required else " (optional)"}', kind(one),
         '. '.join(filter(None, (text(one.get('description')).rstrip('.'), bounds(one))))]
        for name, one in schema.get('properties', {}).items()
    ]))
    return ''.join(out)


def body(document, content):
    return ''.join(
        f'<p><code>{html.escape(media)}</code> {kind(one.get("schema"))}</p>'
        + (properties(one['schema']) if 'properties' in one.get('schema', {}) else '')
        for media, one in content.items())


def resolved(document, thing):
    while '$ref' in thing:
        node = document
        for part in thing['$ref'].split('/')[1:]:
            node = node[part]
        thing = node
    return thing


def operation(document, method, path, item, one):
    roles = [role for choice in one.get('security', []) for named in choice.values() for role in named]
    anchor = one.get('operationId', method + path)
    out = [f'<h3 id="{anchor}"><span class="method">{method.upper()}</span> {html.escape(path)}</h3>',
           f'<p><strong>{text(one.get("summary"))}.</strong> {text(one.get("description"))}</p>']
    if roles:
        out.append(f'<p class="roles">May ask: {", ".join(dict.fromkeys(roles))}</p>')
    parameters = [resolved(document, p) for p in item.get('parameters', []) + one.get('parameters', [])]
    out.append(table(['Parameter', '', ''], [
        [f'<code>{html.escape(p["name"])}</code> in {p["in"]}{"" if p.get("required") else " (optional)"}',
         kind(p.get('schema', {})),
         '. '.join(filter(None, (text(p.get('description')).rstrip('.'), bounds(p.get('schema', {})))))]
        for p in parameters
    ]))
    if 'requestBody' in one:
        out.append('<h4>Body</h4>' + body(document, resolved(document, one['requestBody']).get('content', {})))
    answers = []
    for status, answer in one.get('responses', {}).items():
        answer = resolved(document, answer)
        kinds = ' or '.join(dict.fromkeys(
            f'{kind(content.get("schema"))}' for content in answer.get('content', {}).values()))
        answers.append([status, kinds, text(answer.get('description'))])
    out.append(table(['Answer', '', ''], answers))
    return ''.join(out)


def page(folder):
    """HTML of all operations by their tags, then of all schemas."""
    document = {}
    for file in sorted(folder.glob('*.json')):
        joined(document, json.loads(file.read_text(encoding='utf-8')))
    info = document['info']
    out = [f'<h1 id="interface">HTTP interface</h1><p>{text(info.get("summary"))} {text(info.get("description"))} '
           'A running daemon serves the same as <code>GET /v1/openapi.json</code>.</p>']
    by_tag = {}
    for path, item in sorted(document['paths'].items()):
        for method in METHODS:
            if method in item:
                tag = (item[method].get('tags') or ['Others'])[0]
                by_tag.setdefault(tag, []).append(operation(document, method, path, item, item[method]))
    descriptions = {tag['name']: tag.get('description') for tag in document.get('tags', [])}
    for tag in [*descriptions, *(tag for tag in by_tag if tag not in descriptions)]:
        if tag in by_tag:
            anchor = 'tag-' + tag.lower().replace(' ', '-')
            out += [f'<h2 id="{anchor}">{html.escape(tag)}</h2><p>{text(descriptions.get(tag))}</p>', *by_tag[tag]]
    out.append('<h2 id="schemas">Schemas</h2>')
    for name, schema in sorted(document['components']['schemas'].items()):
        out.append(f'<h3 id="schema-{name}">{name}</h3><p>{text(schema.get("description"))}</p>')
        out.append(properties(schema) if 'properties' in schema or 'allOf' in schema else f'<p>{kind(schema)}</p>')
    return '\n'.join(out)
