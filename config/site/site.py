#!/usr/bin/env python3
"""Writes the guides as a site of plain files: site.py OUT [--manuals DIR]

Every page of docs, the changelog, the clients of docs/examples, the interface by its OpenAPI files, and with --manuals
the manual pages that manpages.py wrote. Markdown is read by cmark-gfm, manuals by mandoc. The site needs no server
and asks nobody for anything: opened from a disk it works, its search too.
"""

import argparse
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import urllib.parse

import interface

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GUIDES = [
    'administrator', 'operator', 'supervisor', 'integrator', 'asterisk', 'freeswitch', 'cluster', 'architecture',
]
LANGUAGES = {'.py': 'Python', '.sh': 'bash', '.mjs': 'JavaScript'}


class Page:
    def __init__(self, path, title, body, group):
        """path: where it is in the site. body: HTML. group: under which heading the navigation has it."""
        self.path, self.title, self.body, self.group = path, title, body, group


def markdown(text):
    done = subprocess.run(
        ['cmark-gfm', '-e', 'table', '-e', 'autolink', '-e', 'strikethrough', '--to', 'html'], input=text,
        stdout=subprocess.PIPE, check=True, encoding='utf-8')
    return done.stdout


def plain(fragment):
    """The text of HTML."""
    return html.unescape(re.sub(r'\s+', ' ', re.sub(r'<[^>]*>', ' ', fragment))).strip()


def slug(text, used):
    """The anchor of a heading, as GitHub makes it, so that links between the guides lead somewhere here too."""
    name = re.sub(r'[^\w\- ]', '', text.lower()).replace(' ', '-')
    count = used.get(name, -1) + 1
    used[name] = count
    return f'{name}-{count}' if count else name


def with_anchors(body):
    used = {}

    def named(match):
        level, text = match.group(1), match.group(2)
        anchor = slug(plain(text), used)
        return f'<h{level} id="{anchor}">{text} <a class="anchor" href="#{anchor}" aria-hidden="true">#</a></h{level}>'

    return re.sub(r'<h([1-4])>(.*?)</h\1>', named, body, flags=re.DOTALL)


def linked(body, page):
    """Links between Markdown files lead to their pages."""
    folder = os.path.dirname(page)

    def changed(match):
        target, _, anchor = match.group(2).partition('#')
        if not target or ':' in target:
            return match.group(0)
        place = os.path.normpath(os.path.join(folder, target))
        if place.startswith('docs/'):
            place = place.removeprefix('docs/')
        if place.endswith('.md'):
            place = 'index.html' if place in ('README.md', 'docs.md') else place[:-3] + '.html'
        elif place == 'decisions':
            place = 'decisions/index.html'
        elif place.startswith('examples/'):
            place = 'examples.html'
        relative = os.path.relpath(place, folder or '.')
        return f'{match.group(1)}="{html.escape(relative)}{"#" + anchor if anchor else ""}"'

    return re.sub(r'(href|src)="([^"]*)"', changed, body)


def title_of(body, otherwise):
    match = re.search(r'<h1[^>]*>(.*?)</h1>', body, flags=re.DOTALL)
    return plain(re.sub(r'<a class="anchor".*?</a>', '', match.group(1))) if match else otherwise


def guide(file, path, group):
    body = linked(with_anchors(markdown(file.read_text(encoding='utf-8'))), path)
    return Page(path, title_of(body, file.stem), body, group)


def guides():
    yield guide(ROOT / 'README.md', 'index.html', '')
    for name in GUIDES:
        yield guide(ROOT / f'docs/{name}.md', f'{name}.html', 'Guides')
    # Guides that the list does not have yet come behind it.
    for file in sorted((ROOT / 'docs').glob('*.md')):
        if file.stem not in GUIDES and file.stem != 'README':
            yield guide(file, f'{file.stem}.html', 'Guides')


def examples():
    parts = ['<h1>Clients to begin with</h1>',
             '<p>Each does the same in one file; the <a href="integrator.html">integrator\'s guide</a> says how.</p>']
    for file in sorted((ROOT / 'docs/examples').iterdir()):
        if file.suffix in LANGUAGES:
            code = html.escape(file.read_text(encoding='utf-8'))
            parts.append(f'<h2>{LANGUAGES[file.suffix]}: {file.name}</h2><pre><code>{code}</code></pre>')
    yield Page('examples.html', 'Clients to begin with', with_anchors('\n'.join(parts)), 'Interface')


def manuals(folder):
    pages = []
    for file in sorted(folder.glob('man*/*')):
        done = subprocess.run(
            ['mandoc', '-K', 'utf-8', '-T', 'html', '-O', 'fragment,man=%N.%S.html', file], stdout=subprocess.PIPE,
            encoding='utf-8', check=True)
        name, section = file.stem, file.suffix[1:]
        pages.append(Page(f'man/{file.name}.html', f'{name}({section})', done.stdout, ''))
    if pages:
        rows = ''.join(f'<li><a href="{one.path.removeprefix("man/")}">{one.title}</a></li>' for one in pages)
        yield Page('man/index.html', 'Manual pages', f'<h1>Manual pages</h1><ul>{rows}</ul>', 'Reference')
    yield from pages


def decisions():
    pages = [guide(file, f'decisions/{file.stem}.html', '') for file in sorted((ROOT / 'docs/decisions').glob('*.md'))]
    rows = ''.join(
        f'<li>{one.path[10:14]} <a href="{one.path.removeprefix("decisions/")}">{html.escape(one.title)}</a></li>'
        for one in pages)
    yield Page('decisions/index.html', 'Decisions', f'<h1>Decisions</h1><ul class="plain">{rows}</ul>', 'Reference')
    yield from pages


def navigation(pages, here):
    """The list beside each page; here: the path of the page that it is beside."""
    out, folder = [], os.path.dirname(here)
    for group in dict.fromkeys(one.group for one in pages if one.group):
        out.append(f'<h2>{group}</h2><ul>')
        for one in pages:
            if one.group == group:
                current = ' aria-current="page"' if one.path == here else ''
                address = os.path.relpath(one.path, folder or '.')
                out.append(f'<li><a href="{address}"{current}>{html.escape(one.title)}</a></li>')
        out.append('</ul>')
    return '\n'.join(out)


def entries(page):
    """What the search finds of a page: each part below a heading by itself."""
    body = re.sub(r'<a class="anchor".*?</a>', '', page.body)
    pieces = re.split(r'<h[1-4] id="([^"]*)">(.*?)</h[1-4]>', body, flags=re.DOTALL)
    if plain(pieces[0]):
        yield {'page': page.title, 'title': page.title, 'url': page.path, 'text': plain(pieces[0])}
    for anchor, heading, text in zip(pieces[1::3], pieces[2::3], pieces[3::3]):
        yield {'page': page.title, 'title': plain(heading), 'url': f'{page.path}#{anchor}', 'text': plain(text)}


def written(page, pages, out):
    root = os.path.relpath('.', os.path.dirname(page.path) or '.')
    template = (HERE / 'page.html').read_text(encoding='utf-8')
    values = {
        'title': html.escape(page.title if page.path != 'index.html' else 'Guides'), 'root': root,
        'navigation': navigation(pages, page.path), 'body': page.body,
    }
    # In one pass: what is put in may look like a place.
    text = re.sub(r'\{\{(\w+)\}\}', lambda match: values[match.group(1)], template)
    file = out / page.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding='utf-8')


def broken(out):
    """Links that lead nowhere, as page and address."""
    ids = {}
    for file in out.rglob('*.html'):
        ids[file.resolve()] = set(re.findall(r' id="([^"]*)"', file.read_text(encoding='utf-8')))
    for file in sorted(out.rglob('*.html')):
        for address in re.findall(r'<(?:a|img|link|script)[^>]* (?:href|src)="([^"]*)"', file.read_text('utf-8')):
            target, _, anchor = urllib.parse.unquote(html.unescape(address)).partition('#')
            if ':' in target:
                continue
            place = (file.parent / target).resolve() if target else file.resolve()
            if not place.exists() or anchor and anchor not in ids.get(place, {anchor}):
                yield file.relative_to(out), address


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('out', type=pathlib.Path)
    parser.add_argument('--manuals', type=pathlib.Path)
    options = parser.parse_args()
    pages = [*guides(), Page('api.html', 'HTTP interface', interface.page(ROOT / 'Sources/Web/OpenAPI'), 'Interface')]
    pages += [*examples()]
    if options.manuals:
        pages += [*manuals(options.manuals)]
    pages += [guide(ROOT / 'CHANGELOG.md', 'changelog.html', 'Reference'), *decisions()]
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    for page in pages:
        written(page, pages, options.out)
    shutil.copytree(ROOT / 'docs/pictures', options.out / 'pictures')
    shutil.copytree(ROOT / 'docs/prometheus', options.out / 'prometheus')
    for name in ('style.css', 'search.js'):
        shutil.copy(HERE / name, options.out)
    index = [entry for page in pages for entry in entries(page)]
    text = json.dumps(index, ensure_ascii=False, separators=(',', ':'))
    (options.out / 'index.js').write_text(f'const searchIndex = {text}\n', encoding='utf-8')
    faults = [f'{page}: {address} leads nowhere' for page, address in broken(options.out)]
    if faults:
        raise SystemExit('\n'.join(faults))
    print(f'{len(pages)} pages in {options.out}')


if __name__ == '__main__':
    main()
