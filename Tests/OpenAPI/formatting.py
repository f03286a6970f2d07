#!/usr/bin/env python3
"""Writes the files of `Sources/Web/OpenAPI` in one form: a key a line, lines of at most 120 characters.

What has one member that is no object or list stands on its parent's line (`"schema": { "type": "string" }`), and so
does a list of words. `formatting.py` writes the files anew; with `--check` it tells which are not in this form.
"""

import argparse
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'Sources' / 'Web' / 'OpenAPI'
WIDTH = 120


def written(value):
    return json.dumps(value, ensure_ascii=False)


def is_plain(value):
    return not isinstance(value, (dict, list)) or value in ({}, [])


def on_one_line(value):
    """The value on one line, or None where it takes several."""
    if is_plain(value):
        return written(value)
    if isinstance(value, list):
        return written(value) if all(map(is_plain, value)) else None
    (key, member), *others = value.items()
    inner = None if others else on_one_line(member)
    if inner is None or isinstance(member, dict):
        return None
    return f'{{ {written(key)}: {inner} }}'


def lines(value, margin, before, after):
    short = on_one_line(value)
    if short is not None and (is_plain(value) or len(margin + before + short + after) <= WIDTH):
        return [margin + before + short + after]
    if isinstance(value, dict):
        parts, brackets = [(written(key) + ': ', member) for key, member in value.items()], '{}'
    else:
        parts, brackets = [('', member) for member in value], '[]'
    made = [margin + before + brackets[0]]
    for number, (name, member) in enumerate(parts, 1):
        made += lines(member, margin + '  ', name, ',' if number < len(parts) else '')
    return made + [margin + brackets[1] + after]


def formatted(document):
    return '\n'.join(lines(document, '', '', '')) + '\n'


def once(pairs):
    """The members of an object, none of which may be there twice: a reader of JSON keeps one and says nothing."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f'{name} is there twice')
    return dict(pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--check', action='store_true', help='write nothing; fail when a file has another form')
    options = parser.parse_args()
    wrong = []
    for path in sorted(FOLDER.glob('*.json')):
        text = path.read_text(encoding='utf-8')
        try:
            right = formatted(json.loads(text, object_pairs_hook=once))
        except ValueError as error:
            wrong.append(f'{path.name}: {error}')
            continue
        wrong += [f'{path.name}: longer than {WIDTH} characters: {line.strip()[:60]}…'
                  for line in right.splitlines() if len(line) > WIDTH]
        if right != text and options.check:
            wrong.append(f'{path.name}: not in form; run Tests/OpenAPI/formatting.py')
        elif right != text:
            path.write_text(right, encoding='utf-8')
    print('\n'.join(wrong), end='\n' if wrong else '')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
