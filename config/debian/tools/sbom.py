#!/usr/bin/env python3
"""Writes what the programs are made of: SPDX 2.3 as JSON, on standard output.

From Package.resolved (every Swift library with its commit), from Package.swift (which are for tests alone), from the
licences in --checkouts where they are there, and with --depends the Debian libraries, as dpkg-shlibdeps found them.
The same input makes the same bytes.
"""

import argparse
import datetime
import json
import pathlib
import re
import subprocess
import uuid

LICENCES = [
    ('Apache-2.0', re.compile(r'Apache License\s+Version 2\.0')),
    ('MIT', re.compile(r'\bMIT License|Permission is hereby granted, free of charge')),
    ('BSD-3-Clause', re.compile(r'Neither the name of')),
]


def licence(folder):
    """The SPDX name of a library's licence; NOASSERTION where it is not known."""
    for file in sorted(folder.glob('LICENSE*')) if folder else []:
        text = file.read_text(encoding='utf-8', errors='replace')
        for name, sign in LICENCES:
            if sign.search(text):
                return name
    return 'NOASSERTION'


def for_tests_alone(manifest):
    """The libraries that only targets of tests use, by the text of Package.swift."""
    used = {True: set(), False: set()}
    parts = re.split(r'(\.(?:target|executableTarget|testTarget)\()', manifest)
    for kind, text in zip(parts[1::2], parts[2::2]):
        used[kind == '.testTarget('].update(re.findall(r'package: "([^"]+)"', text))
    return {name.lower() for name in used[True] - used[False]}


def libraries(resolved, checkouts):
    """The Swift libraries, by name."""
    there = checkouts is not None and checkouts.is_dir()
    folders = {one.name.lower(): one for one in checkouts.iterdir()} if there else {}
    for pin in sorted(resolved['pins'], key=lambda pin: pin['identity']):
        state, location = pin['state'], pin['location'].removesuffix('.git')
        version = state.get('version') or state['revision']
        place = location.split('://')[-1]
        folder = folders.get(pin['identity'])
        yield {
            'SPDXID': f'SPDXRef-Swift-{pin["identity"]}',
            'name': pin['identity'],
            'versionInfo': version,
            'downloadLocation': f'git+{location}@{state["revision"]}',
            'filesAnalyzed': False,
            'licenseConcluded': 'NOASSERTION',
            'licenseDeclared': licence(folder),
            'copyrightText': 'NOASSERTION',
            'externalRefs': [{
                'referenceCategory': 'PACKAGE-MANAGER',
                'referenceType': 'purl',
                'referenceLocator': f'pkg:swift/{place}@{version}',
            }],
        }


def runtime(version):
    """Swift's own runtime and Foundation."""
    return {
        'SPDXID': 'SPDXRef-Swift',
        'name': 'swift',
        'versionInfo': version,
        'downloadLocation': f'git+https://github.com/swiftlang/swift@swift-{version}-RELEASE',
        'filesAnalyzed': False,
        'licenseConcluded': 'NOASSERTION',
        'licenseDeclared': 'Apache-2.0 WITH Swift-exception',
        'copyrightText': 'NOASSERTION',
        'externalRefs': [{
            'referenceCategory': 'PACKAGE-MANAGER',
            'referenceType': 'purl',
            'referenceLocator': f'pkg:github/swiftlang/swift@swift-{version}-RELEASE',
        }],
    }


def installed():
    """The packages and versions of this machine, by each name that they stand for."""
    asked = subprocess.run(
        ['dpkg-query', '-W', '-f=${Package}\t${Version}\t${Provides}\n'], stdout=subprocess.PIPE, text=True, check=True)
    found = {}
    for line in asked.stdout.splitlines():
        name, version, provides = line.split('\t')
        if version:
            for one in (word.split()[0] for word in provides.split(',') if word.strip()):
                found.setdefault(one, (name, version))
            found[name] = (name, version)
    return found


def debian(files, architecture):
    """The packages of `shlibs:Depends`, with the versions that are installed where this runs."""
    names = set()
    for file in files:
        if file.exists():
            for line in file.read_text().splitlines():
                if line.startswith('shlibs:Depends='):
                    names |= {one.split('|')[0].split()[0] for one in line.split('=', 1)[1].split(',') if one.strip()}
    known = installed()
    for name, version in sorted({known.get(name, (name, 'NOASSERTION')) for name in names}):
        yield {
            'SPDXID': 'SPDXRef-Debian-' + re.sub(r'[^A-Za-z0-9.-]', '-', name),
            'name': name,
            'versionInfo': version,
            'supplier': 'Organization: Debian',
            'downloadLocation': 'NOASSERTION',
            'filesAnalyzed': False,
            'licenseConcluded': 'NOASSERTION',
            'licenseDeclared': 'NOASSERTION',
            'copyrightText': 'NOASSERTION',
            'externalRefs': [{
                'referenceCategory': 'PACKAGE-MANAGER',
                'referenceType': 'purl',
                'referenceLocator': f'pkg:deb/debian/{name}@{version}?arch={architecture}',
            }],
        }


def document(options):
    tests = for_tests_alone(options.manifest.read_text(encoding='utf-8'))
    resolved = json.loads(options.resolved.read_text(encoding='utf-8'))
    linked = list(libraries(resolved, options.checkouts))
    if options.swift:
        linked.append(runtime(options.swift))
    needed = list(debian(options.depends, options.architecture))
    root = {
        'SPDXID': 'SPDXRef-screenpop',
        'name': 'screenpop',
        'versionInfo': options.version,
        'downloadLocation': 'NOASSERTION',
        'filesAnalyzed': False,
        'licenseConcluded': 'Apache-2.0',
        'licenseDeclared': 'Apache-2.0',
        'copyrightText': 'NOASSERTION',
        'primaryPackagePurpose': 'APPLICATION',
    }
    if options.commit:
        root['sourceInfo'] = f'commit {options.commit}'
    relations = [('SPDXRef-DOCUMENT', 'DESCRIBES', root['SPDXID'])]
    for one in linked:
        if one['name'] in tests:
            relations.append((one['SPDXID'], 'TEST_DEPENDENCY_OF', root['SPDXID']))
        else:
            relations.append((root['SPDXID'], 'STATIC_LINK', one['SPDXID']))
    relations += [(root['SPDXID'], 'DYNAMIC_LINK', one['SPDXID']) for one in needed]
    content = {
        'packages': [root, *linked, *needed],
        'relationships': [
            {'spdxElementId': a, 'relationshipType': kind, 'relatedSpdxElement': b} for a, kind, b in relations
        ],
    }
    # A name of the document that follows from what it says.
    name = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([content, options.epoch], sort_keys=True))
    created = datetime.datetime.fromtimestamp(options.epoch, datetime.timezone.utc)
    return {
        'spdxVersion': 'SPDX-2.3',
        'dataLicense': 'CC0-1.0',
        'SPDXID': 'SPDXRef-DOCUMENT',
        'name': f'screenpop-{options.version}',
        'documentNamespace': f'https://screenpop.example/sbom/{name}',
        'creationInfo': {
            'created': created.strftime('%Y-%m-%dT%H:%M:%SZ'),
            'creators': ['Tool: screenpop-sbom', 'Organization: screenpop maintainers'],
        },
        **content,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--resolved', type=pathlib.Path, default=pathlib.Path('Package.resolved'))
    parser.add_argument('--manifest', type=pathlib.Path, default=pathlib.Path('Package.swift'))
    parser.add_argument('--checkouts', type=pathlib.Path, help='where the sources of the libraries are')
    parser.add_argument('--version', required=True)
    parser.add_argument('--commit', default='')
    parser.add_argument('--swift', default='', help='the version of Swift, whose runtime is linked in')
    parser.add_argument('--epoch', type=int, required=True, help='when it was made, in seconds')
    parser.add_argument('--depends', type=pathlib.Path, nargs='*', default=[], help='files of dpkg-shlibdeps')
    parser.add_argument('--architecture', default='amd64')
    print(json.dumps(document(parser.parse_args()), indent=2, ensure_ascii=False))


if __name__ == '__main__':
    main()
