#!/usr/bin/env python3
"""What a full record costs: one million customers, ten million purchases and as many contacts.

    BINDIR=.build/release Benchmarks/records.py [--short] [--customers N] [--purchases N] [--contacts N] [--json]

A daemon with the same customers and an empty history is measured first, in the same run: pops with a full history are
compared with its pops. The customers and as many purchases come by the import, which is measured; the other purchases
and the contacts are written into the records' database while the daemon is stopped, by the statements of `lists.py`, as
an import of ten million rows would measure the same thing ten times. Triggers note what the search and the lists have
to compute, and the daemon computes it before anything is asked. At full size this takes an hour and some 20 GB in
.build; `--short` is a hundredth."""
import argparse, csv, json, os, random, sqlite3, statistics, sys, tempfile, threading, time, urllib.parse
from pathlib import Path

import lists
import run

PRODUCTS = [f'商品{n}' for n in range(50)]
WORDS = ['水漏れ', '見積', '来週', '部品', '交換', '電話', '訪問', '請求書', '住所変更', '解約', '保証', '故障', '設置', '返品',
         '配送', '再送', '確認', '担当者', '午前', '午後', '台所', '浴室', '玄関', '型番', '支払い', '領収書', '名義', '契約']
FULL = {'customers': 1_000_000, 'purchases': 10_000_000, 'contacts': 10_000_000}
SHORT = 100


def say(text):
    print(text, file=sys.stderr, flush=True)


def number(one):
    return f'+8190{one:08d}'


def note(day_ms, text):
    """As `CustomerItem+Bytes.swift` packs it."""
    return b'\x01\x04' + lists.signed(day_ms) + lists.text(text) + b'\x00\x00'


def written(chance):
    return '、'.join(chance.choice(WORDS) for _ in range(chance.randrange(3, 9))) + f'。受付{chance.randrange(10**6)}'


def files(work, count):
    """The customers and a purchase of each, as CSV."""
    names = work / 'customers.csv', work / 'purchases.csv'
    with open(names[0], 'w', newline='', encoding='utf-8') as file:
        out = csv.writer(file)
        out.writerow(['external_id', 'name', 'kana', 'tier', 'owner', 'address', 'phone'])
        for one in range(1, count + 1):
            out.writerow([f'C{one}', f'顧客{one} 太郎', f'コキャク{one}', 'vip' if one % 50 == 0 else 'regular',
                          str(1000 + one % 200), f'架空県例示市{one % 977}番地', number(one)])
    with open(names[1], 'w', newline='', encoding='utf-8') as file:
        out = csv.writer(file)
        out.writerow(['external_id', 'at', 'product', 'amount', 'currency', 'order'])
        for one in range(1, count + 1):
            out.writerow([f'C{one}', f'2025-{one % 12 + 1:02}-{one % 28 + 1:02}', PRODUCTS[one % 50], one % 9000 + 100,
                          'JPY', f'O{one}'])
    return names


def fill(path, purchases, contacts):
    """Purchases and contacts of the customers who are there; most have about the same number, one has 5,000 of each."""
    chance, now = random.Random(1), int(time.time() * 1000)
    today = now // lists.DAY
    database = sqlite3.connect(path)
    database.execute('PRAGMA synchronous=OFF')
    database.execute('PRAGMA cache_size=-500000')
    ids = [row[0] for row in database.execute('SELECT id FROM customer ORDER BY id')]
    item = database.execute('SELECT coalesce(max(id), 0) + 1 FROM customer_item').fetchone()[0]
    busy = min(5_000, purchases // 10, contacts // 10)
    each = [max(0, purchases - busy) // len(ids), max(0, contacts - busy) // len(ids)]
    call, done = 4_096, 0
    for start in range(0, len(ids), 2_000):
        touchpoints, items = [], []
        for one in ids[start:start + 2_000]:
            extra = busy if one == ids[0] else 0
            last = int(chance.expovariate(1 / 120))
            for n in range(each[0] + extra):
                day = today - last - n * 30 % 3_000
                items.append((item, one, 1, day * lists.DAY, now, lists.purchase(
                    day, chance.choice(PRODUCTS), chance.randrange(1, 90_000), 'delivered')))
                item += 1
            for n in range(each[1] + extra):
                at = now - (last + n * chance.randrange(1, 60) % 3_000) * lists.DAY - chance.randrange(lists.DAY)
                text = written(chance)
                if n % 10 == 9:
                    items.append((item, one, 4, at, now, note(at, text)))
                    touchpoints.append((one, at, -item, 'note', None, text, None, None))
                    item += 1
                    continue
                call += 1
                lost = chance.random() < 0.05
                touchpoints.append((one, at, call, 'phone', 'inbound', text, 'abandoned' if lost else 'answered',
                                    None if lost else at + chance.randrange(300_000)))
            if one % 3 == 0:
                day = today + chance.randrange(-300, 700)
                items.append((item, one, 2, now, now, lists.contract(day, '保守')))
                item += 1
        with database:
            database.executemany(
                'INSERT INTO touchpoint(customer, at, id, channel, direction, summary, outcome, answered_at)'
                ' VALUES(?,?,?,?,?,?,?,?)', touchpoints)
            database.executemany(
                'INSERT INTO customer_item(id, customer, kind, at, version, created_at, updated_at, fields)'
                ' VALUES(?1,?2,?3,?4,1,?5,?5,?6)', items)
        done += len(touchpoints)
        print(f'{done:,} contacts', file=sys.stderr, end='\r', flush=True)
    database.close()
    say(f'{item:,} purchases, notes and contracts, {done:,} contacts')
    return ids


class Pops:
    """Calls of known numbers that ring at operator 101, and how long their pops take."""

    def __init__(self, ours):
        self.sent, self.came = {}, {}
        self.events = lists.socket.socket(lists.socket.AF_UNIX)
        self.events.connect(str(ours.events))
        self.stream = lists.socket.socket(lists.socket.AF_UNIX)
        self.stream.connect(str(ours.api))
        self.stream.sendall(b'GET /v1/stream?operator=101 HTTP/1.1\r\nHost: x\r\n\r\n')
        threading.Thread(target=self.listen, args=(self.stream.makefile('rb'),), daemon=True).start()
        threading.Thread(target=self.drain, daemon=True).start()

    def drain(self):
        while self.events.recv(1 << 16):
            pass

    def listen(self, lines):
        is_pop = False
        for line in lines:
            if line.startswith(b'event: '):
                is_pop = line == b'event: pop\n'
            elif is_pop and line.startswith(b'data: '):
                self.came.setdefault(json.loads(line[6:])['call'], time.perf_counter())

    def ring(self, numbers, rate=100):
        """The times from the event to the pop in ms, sorted; those that did not come are infinite."""
        began, calls = time.perf_counter(), [f'r{len(self.sent) + place}' for place in range(len(numbers))]
        for place, (call, caller) in enumerate(zip(calls, numbers)):
            ringing = [
                {'type': 'call.offered', 'call': call, 'from': caller, 'to': '0300000000', 'queue': 'support'},
                {'type': 'call.queued', 'call': call, 'queue': 'support'},
                {'type': 'call.ringing', 'call': call, 'operator': '101'}]
            self.sent[call] = time.perf_counter()
            self.events.sendall(''.join(json.dumps(line) + '\n' for line in ringing).encode())
            time.sleep(max(0, began + (place + 1) / rate - time.perf_counter()))
            self.events.sendall((json.dumps({'type': 'call.ended', 'call': call}) + '\n').encode())
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and len(self.came) < len(self.sent):
            time.sleep(0.01)
        return sorted((self.came.get(call, float('inf')) - self.sent[call]) * 1000 for call in calls)


def timed(ours, target, times=5):
    """The median of the answers' times in ms, and their status: the first of another status than 200."""
    took, status = [], 200
    for _ in range(times):
        began, link = time.perf_counter(), lists.Local(str(ours.api))
        link.request('GET', target)
        answer = link.getresponse()
        answer.read()
        took.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            status = answer.status
    return statistics.median(took), status


class Report:
    def __init__(self):
        self.rows = []

    def add(self, name, value, most, unit='ms', problem=None):
        met = problem is None and (most is None or value <= most)
        self.rows.append({'figure': name, 'value': value, 'budget': most, 'unit': unit, 'met': met, 'problem': problem})
        limit = '' if most is None else f'  <= {most:g} {unit}'
        say(f'  {name:58} {value:10.2f} {unit}{limit}{"" if met else "  NOT MET"}{f"  {problem}" if problem else ""}')

    def worst(self, ours, name, targets, most, times=5):
        found = [(*timed(ours, target, times), target) for target in targets]
        took, status, target = max(found)
        bad = next((f'{one[2]} answered {one[1]}' for one in found if one[1] != 200), None)
        self.add(f'{name}: the slowest of {len(targets)}', took, most, problem=bad)
        say(f'    {target}')


def wait_until_computed(ours, database):
    """Until the searches' indexes and the facts of the lists are of what is there."""
    began = time.monotonic()
    while True:
        link = sqlite3.connect(f'file:{database}?mode=ro', uri=True)
        try:
            left = sum(link.execute(question).fetchone()[0] for question in (
                'SELECT count(*) FROM (SELECT 1 FROM contact_todo LIMIT 1)',
                'SELECT max(id) > (SELECT watermark FROM search_state) FROM customer',
                'SELECT count(*) FROM (SELECT 1 FROM facts_todo LIMIT 1)'))
        finally:
            link.close()
        if left == 0:
            return say(f'  indexes and facts are complete after {time.monotonic() - began:.0f} s')
        if ours.process.poll() is not None:
            sys.exit(f'screenpopd ended: {ours.errors.read_text()}')
        time.sleep(1)


def quoted(path, text):
    return f'/v1/{path}&q={urllib.parse.quote(text)}' if '?' in path else f'/v1/{path}?q={urllib.parse.quote(text)}'


def measure(work, customers, purchases, contacts, report):
    chance = random.Random(2)
    callers = [number(chance.randrange(1, customers + 1)) for _ in range(1_000)]
    tables, state = files(work, customers), work / 'state'
    say(f'importing {customers:,} customers')
    with run.Ours(work, state) as ours:
        began = time.monotonic()
        ours.command('customers', 'import', str(tables[0]))
        took = time.monotonic() - began
    say('pops of these customers, who have no history')
    run.shutil.copytree(state, work / 'empty')
    with run.Ours(work, work / 'empty') as ours:
        pops = Pops(ours)
        pops.ring(callers[:100])
        empty = pops.ring(callers)
    run.shutil.rmtree(work / 'empty')
    say('importing a purchase of each')
    with run.Ours(work, state) as ours:
        began = time.monotonic()
        ours.command('import', str(tables[1]), '--kind', 'purchases')
        report.add('import of the customers and a purchase of each', took + time.monotonic() - began, 60, 's')
    say('writing the rest into the database')
    ids = fill(state / 'customers.db', max(0, purchases - customers), contacts)
    with run.Ours(work, state) as ours:
        wait_until_computed(ours, state / 'customers.db')
        pops = Pops(ours)
        pops.ring(callers[:100])
        full = pops.ring(callers)
        for name, share in (('p50', 0.5), ('p99', 0.99)):
            mine, least = (times[int(len(times) * share)] for times in (full, empty))
            # What is the same is so to the noise of the machine.
            report.add(f'pop, {name}; {least:.2f} ms with an empty history', mine, least * 1.25 + 0.5)
        some = [ids[0]] + [chance.choice(ids) for _ in range(100)]
        report.worst(ours, 'record on the desk', [f'/v1/customers/{one}' for one in some], 50)
        report.worst(ours, 'timeline', [f'/v1/customers/{one}/timeline?limit=30' for one in some], 50)
        report.worst(ours, 'a word in the longest timeline', [
            quoted(f'customers/{ids[0]}/timeline?limit=30', text) for text in ('水漏れ', '受付999', 'ない')], 50)
        names = ['顧客', '太郎', '客1234', 'コキャク5', 'い', '09000012', '1234', '例示市12', 'ない言葉', 'C77']
        report.worst(ours, 'search of customers', [quoted('customers?limit=12', text) for text in names], 50)
        words = ['水漏れ', '台所、浴室', '受付12345', '見積', '住所変更', '約、保', 'ない言葉', '水', '付9', '領収書、名義']
        report.worst(ours, 'search of notes', [quoted('contacts?limit=12', text) for text in words], 50)
        entries = ['dormant', 'dormant?sort=spend', 'dormant?sort=frequency', 'expiring', 'overdue_purchase', 'at_risk',
                   'best']
        report.worst(ours, 'lists', ['/v1/lists'] + [
            f'/v1/lists/{name}/entries?{order}' for name, _, order in (one.partition('?') for one in entries)], 1_000)
        report.worst(ours, 'what the best have in common', ['/v1/lists/best/common'], 1_000, times=3)
        report.worst(ours, 'likely duplicates', ['/v1/duplicates?limit=50'], 1_000, times=3)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('--short', action='store_true', help='a hundredth of everything')
    for name, count in FULL.items():
        options.add_argument(f'--{name}', type=int, help=f'how many (default: {count:,})')
    options.add_argument('--json', action='store_true', help='one JSON object on stdout')
    given = options.parse_args()
    sizes = {name: getattr(given, name) or count // (SHORT if given.short else 1) for name, count in FULL.items()}
    for program in ('screenpopd', 'screenpop'):
        if not (run.BINDIR / program).exists():
            sys.exit(f'{run.BINDIR / program} is missing: make bench builds it')
    report, build = Report(), run.HERE.parent / '.build'
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='bench-', dir=build) as work:
        measure(Path(work), *sizes.values(), report)
    met = all(row['met'] for row in report.rows)
    if given.json:
        print(json.dumps({**sizes, 'cores': os.cpu_count(), 'figures': report.rows}, indent=2, ensure_ascii=False))
    else:
        print(f'{", ".join(f"{count:,} {name}" for name, count in sizes.items())}: '
              + ('every budget is met' if met else 'not every budget is met'))
    return 0 if met else 1


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        run.shutil.rmtree(run.SOCKETS, ignore_errors=True)
