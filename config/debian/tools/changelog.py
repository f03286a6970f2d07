#!/usr/bin/env python3
"""Writes debian/changelog: one entry for what is built. What is new is in CHANGELOG.md, which the packages have."""

import argparse
import email.utils
import pathlib

MAINTAINER = 'screenpop maintainers <maintainers@screenpop.example>'


def debian():
    """The Debian that the packages are made on, whose libraries they need: 12. A package for the next one is newer."""
    lines = pathlib.Path('/etc/os-release').read_text(encoding='utf-8').splitlines()
    values = dict(line.split('=', 1) for line in lines if '=' in line)
    return values.get('VERSION_ID', '').strip('"') or '0'


def entry(version, commit, epoch):
    """version: the upstream version; the packages' own revision is added. epoch: seconds, whose day and hour it has."""
    what = f'Packages of commit {commit}.' if commit else 'Packages of a tree without its history.'
    day = email.utils.formatdate(epoch, usegmt=True).replace('GMT', '+0000')
    return (
        f'screenpop ({version}-1+deb{debian()}) unstable; urgency=medium\n\n'
        f'  * {what} What is new: changelog.gz.\n\n'
        f' -- {MAINTAINER}  {day}\n'
    )


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--version', required=True)
    parser.add_argument('--commit', default='')
    parser.add_argument('--epoch', type=int, required=True)
    options = parser.parse_args()
    print(entry(options.version, options.commit, options.epoch), end='')
