#!/usr/bin/env python3
"""How long the lists take among many customers: lists.py STATE [--customers N].

STATE is the state directory of a screenpopd that was started once and is stopped. It gets N customers with ten contacts
and ten purchases each on the average, and a contract for every third. Then start the daemon, wait until `behind` of
`GET /v1/lists` is 0, and ask with `lists.py STATE --ask SOCKET`."""
import argparse, http.client, random, socket, sqlite3, sys, time

DAY = 86_400_000
TIERS = ['regular'] * 17 + ['prospect'] * 2 + ['vip']


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def signed(number):
    return varint((number << 1) ^ (number >> 63))


def text(value):
    data = value.encode()
    return varint(len(data)) + data


def purchase(day, product, amount, state):
    """As `CustomerItem+Bytes.swift` packs it."""
    return (b'\x01\x01\x01' + signed(day * DAY) + text(product) + b'\x00\x00\x01\x00' + signed(amount)
            + b'\x01' + text('JPY') + b'\x00' + text(state))


def contract(day, service):
    return b'\x01\x02' + text(service) + b'\x00\x00\x00\x00\x01\x01' + signed(day * DAY) + b'\x02'


def fill(path, count):
    now = int(time.time() * 1000)
    today, chance = now // DAY, random.Random(1)
    database = sqlite3.connect(path)
    database.execute('PRAGMA synchronous=OFF')
    first = database.execute('SELECT coalesce(max(id), 0) + 1 FROM customer').fetchone()[0]
    item = database.execute('SELECT coalesce(max(id), 0) + 1 FROM customer_item').fetchone()[0]
    for start in range(first, first + count, 10_000):
        customers, contacts, items = [], [], []
        for one in range(start, min(start + 10_000, first + count)):
            customers.append((
                one, f'顧客 {one}', chance.choice(TIERS), f'10{one % 50:02}', f'tag{one % 500}\x1f', now, now))
            # Most contacts lie close together; some customers have been silent for long.
            last = int(chance.expovariate(1 / 120))
            for n in range(min(40, int(chance.expovariate(1 / 10)))):
                at = now - (last + n * chance.randrange(1, 60)) * DAY - chance.randrange(DAY)
                lost, complaint = chance.random() < 0.05, chance.random() < 0.01
                contacts.append((one, at, one * 100 + n, 'phone', 'inbound', 'complaint' if complaint else '',
                                 'abandoned' if lost else 'answered', None if lost else at + chance.randrange(300_000)))
            for n in range(min(40, int(chance.expovariate(1 / 10)))):
                day = today - last - n * 30
                items.append((item, one, 1, day * DAY, now, purchase(
                    day, f'product {chance.randrange(50)}', chance.randrange(1, 90_000), 'delivered')))
                item += 1
            if one % 3 == 0:
                day = today + chance.randrange(-300, 700)
                items.append((item, one, 2, now, now, contract(day, 'maintenance')))
                item += 1
        with database:
            database.executemany(
                'INSERT INTO customer(id, name, tier, owner, tags, version, created_at, updated_at)'
                ' VALUES(?,?,?,?,?,1,?,?)', customers)
            database.executemany(
                'INSERT INTO touchpoint(customer, at, id, channel, direction, summary, outcome, answered_at)'
                ' VALUES(?,?,?,?,?,?,?,?)', contacts)
            database.executemany(
                'INSERT INTO customer_item(id, customer, kind, at, version, created_at, updated_at, fields)'
                ' VALUES(?1,?2,?3,?4,1,?5,?5,?6)', items)
        print(f'{start - first + len(customers):,} of {count:,}', file=sys.stderr, end='\r', flush=True)
    print(file=sys.stderr)


class Local(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__('localhost')
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def ask(path):
    names = ['dormant', 'dormant/entries?sort=spend', 'expiring', 'overdue_purchase', 'at_risk', 'best']
    entries = [f'/v1/lists/{name}' + ('' if '/' in name else '/entries') for name in names]
    targets = ['/v1/lists'] + entries + ['/v1/lists/best/common']
    for target in targets:
        times = []
        for _ in range(5):
            began, link = time.monotonic(), Local(path)
            link.request('GET', target)
            answer = link.getresponse()
            body = answer.read()
            times.append(time.monotonic() - began)
        print(f'{target:45} {answer.status} {sorted(times)[2] * 1000:8.1f} ms {len(body):9,} bytes')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('state')
    parser.add_argument('--customers', type=int, default=1_000_000)
    parser.add_argument('--ask', metavar='SOCKET')
    options = parser.parse_args()
    if options.ask:
        ask(options.ask)
    else:
        fill(options.state + '/customers.db', options.customers)
