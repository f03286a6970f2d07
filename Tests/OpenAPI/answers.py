"""Keeps what a daemon answered in a test, for `check.py`: one JSON object a line, in the folder `SCREENPOP_ANSWERS`."""

import json
import os

FOLDER = os.environ.get('SCREENPOP_ANSWERS')
_file = None


def keep(method, target, status, kind, body):
    """Does nothing where no folder is named.

    target: the path with its query. kind: the `Content-Type`. body: bytes, or None where there is none.
    """
    global _file
    if not FOLDER:
        return
    if _file is None:
        os.makedirs(FOLDER, exist_ok=True)
        _file = open(f'{FOLDER}/python-{os.getpid()}.jsonl', 'a', encoding='utf-8')
    text = (body or b'').decode(errors='replace')
    line = {'method': method, 'target': target, 'status': status, 'type': kind or '', 'body': text}
    _file.write(json.dumps(line) + '\n')
    _file.flush()
