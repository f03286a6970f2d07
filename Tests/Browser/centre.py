"""A daemon of its own for a test, the events that are pushed to it, and a real Chromium to look with."""
import json, os, shutil, signal, socket, subprocess, sys, tempfile, time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'OpenAPI'))
import answers

BIN = os.path.abspath(os.environ.get('BINDIR', '.build/debug'))
CHROMIUM = (os.environ.get('CHROMIUM')
            or shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome'))
PASSWORD = 'correct horse battery'
# How far the clocks of the daemon and of the browser are ahead of the machine's, in seconds, and the browser's zone:
# whoever sets them runs every test at another hour.
DAEMON_CLOCK = int(os.environ.get('DAEMON_CLOCK', 0))
BROWSER_CLOCK = int(os.environ.get('BROWSER_CLOCK', DAEMON_CLOCK))
BROWSER_ZONE = os.environ.get('BROWSER_ZONE')
CLOCK = []
CONFIG = '''region = "JP"
timezone = "ZONE"
day_start = "DAY_START"
# Invented callers have numbers that are given to nobody.
[numbers]
also_valid = ["^[+]81900[0-9]{7}$"]
[tiers.vip]
rank = 10
vip = true
[queue_defaults]
wrap_up_limit = "60s"
[queues.short]
wrap_up_limit = "2s"
[queues.strict]
disposition_required = true
[queues.sales]
service_level_threshold = "5s"
[desk]
dispositions = ["resolved", "callback", "complaint"]
[customers.fields]
contract_no = "契約番号"
[mail]
from = "support@shop.example"
program = ["/bin/true"]
review_operators = ["102"]
'''
CUSTOMERS = '''external_id,name,kana,company,phone,tier,owner,tags,cautions,contract_no
C1,山田 太郎,ヤマダ タロウ,山田商事,09000000001,vip,101,紹介,大きな声で話す,K-001
C2,鈴木 花子,スズキ ハナコ,,09000000002,regular,,,,
C3,<img onerror=alert(1) src=x>,,,09000000003,regular,,,‮right to left,
C4,佐藤 一郎,サトウ イチロウ,,09000000004,regular,,,,
C5,佐藤 二郎,サトウ ジロウ,,09000000004,regular,,,,
C6,LONG,,,09000000006,regular,,,,
'''.replace('LONG', 'W' * 1000)


def until(what, look, within=15):
    """What `look` gives, as soon as it gives something."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = look()
        if found: return found
        time.sleep(0.03)
    raise AssertionError(f'{what}: not within {within} s')


def shifted(seconds):
    """The environment for a program whose clock is to be so far ahead."""
    env = {k: v for k, v in os.environ.items() if not k.startswith('SCREENPOP')}
    if not seconds: return env
    # LD_PRELOAD takes no path with a space.
    if not CLOCK:
        CLOCK.append(tempfile.TemporaryDirectory(prefix='screenpop-clock-'))
        os.symlink(BIN + '/libClockShift.so', CLOCK[0].name + '/clock.so')
    return env | dict(LD_PRELOAD=CLOCK[0].name + '/clock.so', SCREENPOP_CLOCK_SHIFT=str(seconds))


def chromium(playwright, clock=None):
    """A browser whose clock is so far ahead. As root it cannot make its sandbox; what it opens here is our own."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=['--no-sandbox'] if os.geteuid() == 0 else [],
                                      env=shifted(BROWSER_CLOCK if clock is None else clock))


class Centre:
    def __init__(self, accounts=(), zone='Asia/Tokyo', day_start='00:00', clock=DAEMON_CLOCK, more=''):
        self.clock = clock
        self.folder = tempfile.mkdtemp(prefix='screenpop-desk-')
        self.events, self.api = self.folder + '/events.sock', self.folder + '/api.sock'
        with open(self.folder + '/c.toml', 'w') as f:
            f.write(CONFIG.replace('ZONE', zone).replace('DAY_START', day_start) + more)
        with open(self.folder + '/customers.csv', 'w') as f: f.write(CUSTOMERS)
        self.port = 0
        self.start()
        self.run('customers', 'import', self.folder + '/customers.csv')
        for operator, role, name in accounts:
            self.run('account', 'set', operator, '--role', role, '--name', name, typed=PASSWORD + '\n')

    def start(self):
        self.process = subprocess.Popen(
            [BIN + '/screenpopd', '--config', self.folder + '/c.toml', '--state-dir', self.folder + '/state',
             '--events-socket', self.events, '--api-socket', self.api,
             '--http', f'127.0.0.1:{self.port}'], stderr=open(self.folder + '/log', 'w'), env=shifted(self.clock))
        line = until('the daemon is ready',
                     lambda: next((l for l in open(self.folder + '/log') if l.startswith('ready')), None))
        # Started again it has the port that the browser knows.
        self.port = int(line.split('HTTP at 127.0.0.1:')[1].split(',')[0])

    @property
    def url(self): return f'http://127.0.0.1:{self.port}'

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *args, typed=None):
        done = subprocess.run([BIN + '/screenpop', '--api-socket', self.api, *args], input=typed, capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def push(self, *events):
        """Sends events, and waits for the daemon's word for each."""
        s = socket.socket(socket.AF_UNIX)
        s.connect(self.events)
        f = s.makefile('rw')
        for event in events:
            f.write(json.dumps(event) + '\n')
            f.flush()
            reply = json.loads(f.readline())
            assert reply['ok'], reply
        s.close()

    def login(self, *operators):
        self.push(*[dict(type='operator.login', operator=o, name=n, device=f'PJSIP/{o}', queues=['support'])
                    for o, n in operators])

    def ring(self, call, caller, operator, queue='support', **more):
        self.push(dict(type='call.offered', call=call, to='0300000000', queue=queue, **{'from': caller}, **more),
                  dict(type='call.queued', call=call, queue=queue),
                  dict(type='call.ringing', call=call, operator=operator))

    def talk(self, call, caller, operator, **more):
        self.ring(call, caller, operator, **more)
        self.push(dict(type='call.answered', call=call, operator=operator))

    def json(self, *args): return json.loads(self.run(*args, '--json'))


def keep(centre, answer):
    """For Tests/OpenAPI/check.py. A stream has no end, and what was left in the middle has no body."""
    if not answers.FOLDER or not answer.url.startswith(centre.url): return
    try:
        kind = answer.header_value('content-type') or ''
        # What a test answers in the daemon's place comes from nowhere.
        if 'event-stream' in kind or answer.server_addr() is None: return
        body = answer.body()
    except Exception: return
    answers.keep(answer.request.method, answer.url[len(centre.url):], answer.status, kind, body)


class Desk:
    """A browser's page that somebody has signed in to."""
    def __init__(self, browser, centre, operator, language='ja', path='/', theme='auto', width=1280, height=900,
                 **more):
        self.centre, self.problems = centre, []
        self.context = browser.new_context(locale={'ja': 'ja-JP', 'en': 'en-GB'}[language],
                                           viewport=dict(width=width, height=height), permissions=['notifications'],
                                           **dict(timezone_id=BROWSER_ZONE) | more)
        self.context.add_init_script(f"try {{ localStorage.setItem('theme', '{theme}') }} catch {{}}")
        self.page = self.context.new_page()
        self.page.on('console', lambda m: self.problems.append(m.text) if m.type in ('error', 'warning') else None)
        self.page.on('pageerror', lambda e: self.problems.append(str(e)))
        self.page.on('response', lambda answer: keep(centre, answer))
        # What it has asked for and not got yet.
        self.asked = set()
        self.page.on('request', lambda request: 'stream' in request.url or self.asked.add(request))
        # Of what a page asked that is left, no end is heard.
        self.page.on('framenavigated', lambda _: self.asked.clear())
        for end in ('requestfinished', 'requestfailed'): self.page.on(end, lambda request: self.asked.discard(request))
        self.page.goto(centre.url + path)
        if operator: self.sign_in(operator)

    def sign_in(self, operator, password=PASSWORD):
        self.page.fill('[name=operator]', operator)
        self.page.fill('[name=password]', password)
        self.page.click('button.primary')

    def choose(self, selector):
        """Of the menu: what is used once a day."""
        self.page.click('#menu summary')
        self.page.click(selector)

    def sees(self, selector, text=None, within=15):
        place = self.page.locator(selector, has_text=text) if text else self.page.locator(selector)
        try: place.first.wait_for(state='visible', timeout=within * 1000)
        except Exception as e:
            raise AssertionError(
                f'{selector} {text or ""} is not seen; the page says: {self.page.inner_text("body")[:600]!r}') from e
        return place.first

    def lacks(self, selector, text=None, within=15):
        place = self.page.locator(selector, has_text=text) if text else self.page.locator(selector)
        until(f'{selector} {text or ""} is gone', lambda: place.count() == 0 or not place.first.is_visible(), within)

    def loses_its_session(self):
        """The session ends while the page asks for nothing, so that the next press is what finds out."""
        rest = []
        def is_at_rest():
            # Only while something is asked of it does the browser say what it does.
            self.page.evaluate('0')
            rest.append(not self.asked)
            return len(rest) > 10 and all(rest[-10:])
        until('the page is at rest', is_at_rest)
        self.context.clear_cookies()

    def end(self): self.context.close()
