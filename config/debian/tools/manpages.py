#!/usr/bin/env python3
"""Writes the manual pages of the programs, from what each says of itself: manpages.py BINDIR OUT

The programs print all commands and options as JSON (`--experimental-dump-help`), so a page cannot differ from the
program. One page for each program, and one for each verb of `screenpop`: OUT/man1/screenpop-customers.1.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

# The programs with their sections. Only the command line has a page for each verb.
PROGRAMS = [('screenpop', 1), ('screenpopd', 8), ('screenpop-asterisk', 8), ('screenpop-freeswitch', 8)]

FILES = {
    'screenpop': [
        ('/run/screenpop/api.sock', 'where screenpopd is asked; for members of the group screenpop'),
        ('/run/screenpop/events.sock', 'where events go; for members of the group screenpop-events'),
    ],
    'screenpopd': [
        ('/etc/screenpop/screenpopd.toml', 'the configuration, in which every key is explained'),
        ('/var/lib/screenpop', 'the log, customers, history, accounts'),
        ('/run/screenpop/events.sock', 'takes events'),
        ('/run/screenpop/api.sock', 'answers the command line'),
    ],
    'screenpop-asterisk': [
        ('/etc/screenpop/screenpop-asterisk.toml', 'the configuration'),
        ('/etc/screenpop/ami-secret', "the secret of the manager's user"),
        ('/var/lib/screenpop-asterisk', 'events that wait for screenpopd'),
    ],
    'screenpop-freeswitch': [
        ('/etc/screenpop/screenpop-freeswitch.toml', 'the configuration'),
        ('/etc/screenpop/esl-password', "the event socket's password"),
        ('/var/lib/screenpop-freeswitch', 'events that wait for screenpopd'),
    ],
}

GUIDES = '/usr/share/doc/screenpop'


def escaped(text):
    """A text in which troff finds no request and no escape; a hyphen can be copied as one."""
    text = text.replace('\\', '\\e').replace('-', '\\-').replace("'", '\\(aq').replace('`', '\\(ga')
    text = text.replace('~', '\\(ti').replace('^', '\\(ha')
    return re.sub(r'^\.', r'\\&.', text, flags=re.MULTILINE)


def bold(text):
    return f'\\fB{escaped(text)}\\fR'


def italic(text):
    return f'\\fI{escaped(text)}\\fR'


def sections(discussion):
    """A discussion in its parts: (heading or None, lines). A line of capitals alone is a heading."""
    found = [(None, [])]
    for line in (discussion or '').split('\n'):
        if re.fullmatch(r'[A-Z][A-Z ]+', line):
            found.append((line, []))
        else:
            found[-1][1].append(line)
    return [(heading, lines) for heading, lines in found if any(line.strip() for line in lines)]


def paragraphs(lines):
    """Lines as troff: those at the margin are filled, indented ones stay as they are."""
    out, text, block = [], [], []

    def end():
        if text:
            out.extend(['.PP', escaped(' '.join(text))])
        if block:
            while not block[-1].strip():
                block.pop()
            out.extend(['.PP', '.nf', '.RS', *[escaped(line) for line in block], '.RE', '.fi'])
        text.clear()
        block.clear()

    for line in lines:
        if line.startswith('  '):
            if text:
                end()
            block.append(line[2:])
        elif line.strip():
            if block:
                end()
            text.append(line.strip())
        elif block:
            block.append('')
        else:
            end()
    end()
    return out


def written(argument):
    """How an option or an argument is written on the command line."""
    value = argument.get('valueName') or 'value'
    if argument['kind'] == 'positional':
        return italic(value) + ('...' if argument.get('isRepeating') else '')
    names = [('-' if one['kind'] != 'long' else '--') + one['name'] for one in argument.get('names', [])]
    return ', '.join(bold(name) for name in names) + (' ' + italic(value) if argument['kind'] == 'option' else '')


def told(argument):
    """What is said of it, with its values and its default."""
    text = (argument.get('abstract') or '').strip()
    notes = []
    if argument['kind'] != 'flag':
        if argument.get('allValues'):
            notes.append('values: ' + ', '.join(argument['allValues']))
        if argument.get('defaultValue'):
            notes.append('default: ' + argument['defaultValue'])
    return ' '.join(part for part in (text, f'({"; ".join(notes)})' if notes else '') if part)


def shown(command):
    return [one for one in command.get('arguments') or [] if one.get('shouldDisplay', True)]


def name_of(argument):
    """What tells options apart; nothing for what has no name."""
    return tuple(one['name'] for one in argument.get('names') or [])


def own_arguments(command, common):
    """Without the options of every verb, which the program's page has."""
    return [one for one in shown(command) if name_of(one) not in common]


def listed(arguments):
    lines = []
    for one in arguments:
        lines += ['.TP', written(one), escaped(told(one)) or '\\&']
    return lines


def used(words, arguments, has_verbs):
    """The line of the synopsis."""
    parts = [bold(' '.join(words))]
    if any(one['kind'] != 'positional' for one in arguments):
        parts.append('[' + italic('options') + ']')
    for one in arguments:
        if one['kind'] == 'positional':
            parts.append(f'[{written(one)}]' if one.get('isOptional') else written(one))
    if has_verbs:
        parts.append(italic('verb'))
    return ' '.join(parts)


def verbs(command):
    return [one for one in command.get('subcommands') or []
            if one.get('shouldDisplay', True) and one['commandName'] != 'help']


def summary(command):
    return re.sub(r'\s+', ' ', command.get('abstract') or 'see screenpop(1)').strip().rstrip('.')


def described(command, words, common):
    """Everything of a command below its name: description, options, its verbs, and theirs."""
    arguments = own_arguments(command, common)
    parts = sections(command.get('discussion'))
    lines = []
    for heading, text in parts:
        if heading is None:
            lines += paragraphs(text)
    positional = [one for one in arguments if one['kind'] == 'positional']
    options = [one for one in arguments if one['kind'] != 'positional']
    lines += listed(positional) + listed(options)
    for heading, text in parts:
        if heading is not None:
            lines += ['.PP', bold(heading.capitalize())] + paragraphs(text)
    for one in verbs(command):
        own = own_arguments(one, common)
        inner = words + [one['commandName']]
        lines += ['.SS ' + escaped(' '.join(inner)).replace('"', '\\(dq'), escaped(summary(one)) + '.']
        lines += ['.PP', used(inner, own, bool(verbs(one)))]
        lines += described(one, inner, common)
    return lines


def head(name, section, day, release):
    return [
        ".\\\" -*- coding: utf-8 -*- Written by manpages.py from what the program says of itself.",
        f'.TH "{name.upper()}" "{section}" "{day}" "{release}" "screenpop"',
        '.nh',
        '.ad l',
    ]


def see_also(others):
    names = ', '.join(f'{bold(name)}({section})' for name, section in others)
    return ['.SH SEE ALSO', names, '.PP', f'The guides in {escaped(GUIDES)}.']


def program_page(tool, section, day, release):
    command, name = tool['command'], tool['command']['commandName']
    lines = head(name, section, day, release) + ['.SH NAME', f'{escaped(name)} \\- {escaped(summary(command))}']
    own = shown(command)
    lines += ['.SH SYNOPSIS', used([name], own, bool(verbs(command)))]
    parts = sections(command.get('discussion'))
    lines += ['.SH DESCRIPTION', escaped(summary(command)) + '.']
    for heading, text in parts:
        if heading is None:
            lines += paragraphs(text)
    if verbs(command) and section == 1:
        lines.append('.SH VERBS')
        for one in verbs(command):
            lines += ['.TP', f'{bold(name + "-" + one["commandName"])}(1)', escaped(summary(one)) + '.']
    lines += ['.SH OPTIONS'] + listed(own)
    if section != 1:
        for one in verbs(command):
            arguments = own_arguments(one, common_names(tool))
            lines += [f'.SH "{escaped(one["commandName"].upper())}"', escaped(summary(one)) + '.']
            lines += ['.PP', used([name, one['commandName']], arguments, False)]
            lines += described(one, [name, one['commandName']], common_names(tool))
    for heading, text in parts:
        if heading is not None:
            lines += [f'.SH "{heading}"'] + paragraphs(text)
    lines.append('.SH FILES')
    for path, what in FILES[name]:
        lines += ['.TP', italic(path), escaped(what)]
    lines += see_also([one for one in PROGRAMS if one[0] != name])
    return lines


def common_names(tool):
    return {name_of(one) for one in shown(tool['command']) if name_of(one)}


def verb_page(tool, command, day, release):
    name, verb = tool['command']['commandName'], command['commandName']
    common = common_names(tool)
    page = f'{name}-{verb}'
    own = own_arguments(command, common)
    lines = head(page, 1, day, release) + ['.SH NAME', f'{escaped(page)} \\- {escaped(summary(command))}']
    lines += ['.SH SYNOPSIS', used([name, verb], own, bool(verbs(command)))]
    lines += ['.SH DESCRIPTION', escaped(summary(command)) + '.']
    default = command.get('defaultSubcommand')
    if default:
        lines += ['.PP', escaped(f'Without a verb behind it: {default}.')]
    lines += described(command, [name, verb], common)
    lines += ['.PP', escaped('Options of all verbs, and exit statuses: ') + f'{bold(name)}(1).']
    return page, lines + see_also([(name, 1), ('screenpopd', 8)])


def asked(binaries, name):
    """What a program says of itself: its description, and its version."""
    def said(*arguments):
        done = subprocess.run([str(binaries / name), *arguments], stdout=subprocess.PIPE, check=True)
        return done.stdout.decode()

    try:
        tool = json.loads(said('--experimental-dump-help'))
    except ValueError:
        raise SystemExit(f'manpages.py: {binaries / name} --experimental-dump-help says no JSON; is it screenpop\'s?')
    # "screenpopd 0.2.0 (commit …)": the manual is the same for each commit.
    return tool, ' '.join(['screenpop', *said('--version').split()[1:2]])


def pages(binaries, day):
    """Every page: its path below the folder of manuals, and its text."""
    for name, section in PROGRAMS:
        tool, release = asked(binaries, name)
        made = [(f'{name}.{section}', program_page(tool, section, day, release))]
        if section == 1:
            for command in verbs(tool['command']):
                page, lines = verb_page(tool, command, day, release)
                made.append((f'{page}.1', lines))
        for file, lines in made:
            yield f'man{section}/{file}', '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('binaries', type=pathlib.Path)
    parser.add_argument('out', type=pathlib.Path)
    options = parser.parse_args()
    # Only where somebody says which day it is: a page is the same whenever it is written.
    epoch = os.environ.get('SOURCE_DATE_EPOCH')
    day = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).date().isoformat() if epoch else ''
    for path, text in pages(options.binaries, day):
        file = options.out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
