#!/usr/bin/env python3
"""Checks the description that a daemon serves, and holds every answer that the tests kept against it.

The document has to be that of `Sources/Web/OpenAPI`, and valid OpenAPI 3.1 (openapi-spec-validator). The answers are
those that tests wrote into `--answers` while `SCREENPOP_ANSWERS` named it.
"""

import argparse
import collections
import json
import os
import pathlib
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / 'Fuzz'))

from description import Description, from_files  # noqa: E402
from extremes import Daemon  # noqa: E402


def served(binaries):
    daemon = Daemon(binaries)
    try:
        return json.loads(daemon.ask('GET', '/v1/openapi.json')[1])
    finally:
        daemon.process.kill()
        daemon.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--binaries', default=os.environ.get('BINDIR', '.build/debug'))
    parser.add_argument('--answers', type=pathlib.Path, help='a folder of kept answers')
    parser.add_argument('--least', type=int, default=0, help='how many answers there must be')
    parser.add_argument('--unseen', action='store_true', help='list what is described and was never answered')
    options = parser.parse_args()
    document = served(options.binaries)
    # As texts: to Python, true is 1.
    texts = [json.dumps(one, sort_keys=True) for one in (document, from_files())]
    faults = ['what is served is not what the files say'] if texts[0] != texts[1] else []
    faults += [f'{"/".join(map(str, e.absolute_path))}: {e.message}'
               for e in OpenAPIV31SpecValidator(document).iter_errors()]
    count, described = 0, Description(document)
    faults += described.faults_of_examples()
    seen, found = set(), collections.Counter()
    for path in sorted(options.answers.glob('*.jsonl')) if options.answers else []:
        for line in path.open(encoding='utf-8'):
            one = json.loads(line)
            count += 1
            where, _ = described.find(one['method'], one['target'])
            seen.add((one['method'].lower(), where, str(one['status'])))
            for fault in described.faults(one['method'], one['target'], one['status'], one['type'], one['body']):
                found[f'{one["method"]} {where or one["target"][:60]} {one["status"]}: {fault}'] += 1
    faults += [f'{fault} ({times} times)' for fault, times in sorted(found.items())]
    if count < options.least:
        faults.append(f'{count} answers were kept; there have to be {options.least}')
    if options.unseen:
        for path, item in document['paths'].items():
            for method, operation in item.items():
                for status in operation['responses'] if 'responses' in operation else []:
                    if (method, path, status) not in seen:
                        print(f'never seen: {method} {path} {status}')
    for fault in faults:
        print(f'FAULT {fault}')
    print(f'The description is valid and {count} answers are as it says.' if not faults else f'{len(faults)} faults')
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
