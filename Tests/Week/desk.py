"""The desks of the centre: one daemon, by the event socket and over HTTP with everybody's own token, killed now and
then while it works on a request."""
import http.client
import json
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

sys.path.append(str(pathlib.Path(__file__).parents[1] / "Independent"))
from daemon import Daemon, answers  # noqa: E402
from times import rfc  # noqa: E402

# Whoever starts the daemon, over its Unix socket.
CHIEF = "chief"
MAILS = "mails"


class Desks:
    def __init__(self, programs, folder, clock, configuration, seed, kills):
        """kills: of so many requests and events one is in the middle when the daemon is killed; 0: none."""
        self.daemon, self.clock, self.folder = Daemon(programs, folder, 0, clock, configuration), clock, folder
        self.programs, self.random, self.kills = programs, random.Random(f"kills {seed}"), kills
        self.tokens, self.ids, self.line, self.serial, self.killed, self.asked = {}, {}, None, 0, 0, 0

    # The process

    def start(self):
        self.daemon.start()
        told = (self.folder / "log").read_text(errors="replace")
        self.port = int(re.findall(r"HTTP at 127\.0\.0\.1:(\d+)", told)[-1])
        self.line = None

    def stop(self):
        self.daemon.stop()

    def kill(self):
        """Not before a moment of its work has passed, which is another one each time."""
        time.sleep(self.random.random() * 0.004)
        self.daemon.kill()
        self.killed += 1
        self.start()

    def is_time_to_kill(self):
        return self.kills and self.random.random() < 1 / self.kills

    def enrol(self, operators, supervisors):
        wishes = [(name, "operator", name) for name in operators] + [(MAILS, "ingest", None)]
        for name, role, who in wishes + [(name, "supervisor", None) for name in supervisors]:
            body = {"role": role, "name": f"week {name}"} | ({"operator": who} if who else {})
            status, answer = self.daemon.ask("POST", "/v1/tokens", body)
            assert status == 201, answer
            self.tokens[name], self.ids[name] = answer["token"], who or answer["id"]

    def known_as(self, who):
        """Under what changes are kept: an operator's number, or a token's id; None for a program at the socket."""
        return self.ids.get(who)

    # Events of the PBX

    def push(self, event):
        """One event; it is sent again with its id where the daemon was killed meanwhile. The reply."""
        self.serial += 1
        event = dict(event, id=f"w{self.serial}", time=rfc(self.clock.ms))
        while True:
            killed = self.is_time_to_kill()
            self.daemon.send([event])
            if not killed:
                reply = self.daemon.reply()
                if reply is None:
                    raise RuntimeError(f"the daemon is gone at {event}: {self.last_words()}")
                return reply
            self.kill()

    # Requests

    def ask(self, who, method, path, body=None):
        """Status and answer of a request; whoever asks sees the daemon live on."""
        self.asked += 1
        if who == CHIEF:
            return self.daemon.ask(method, path, body)
        if self.line is None:
            self.line = self.connection()
        try:
            return self.exchange(self.line, who, method, path, body)
        except (http.client.RemoteDisconnected, ConnectionError):
            self.line = self.connection()
            return self.exchange(self.line, who, method, path, body)

    def write(self, who, method, path, body=None):
        """The same for what changes something. (None, None) where the daemon was killed before it answered: whoever
        asks has to look what became of it."""
        if not self.is_time_to_kill():
            return self.ask(who, method, path, body)
        connection = self.connection()
        connection.request(method, path, *self.parts(who, body))
        self.kill()
        connection.close()
        return None, None

    def get(self, path):
        return self.daemon.get(path)

    def pages(self, path, key="items"):
        """All pages of a list."""
        found, after = [], None
        while True:
            page = self.get(path + (f"&after={after}" if after else ""))
            found += page[key]
            after = page["next"]
            if not after:
                return found

    def race(self, requests):
        """Requests [(who, method, path, body)] at one moment, each over its own connection; their answers."""
        found, start = [None] * len(requests), threading.Barrier(len(requests))
        connections = [self.connection() for _ in requests]

        def one(place):
            connections[place].connect()
            start.wait()
            found[place] = self.exchange(connections[place], *requests[place])

        threads = [threading.Thread(target=one, args=(place,)) for place in range(len(requests))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for connection in connections:
            connection.close()
        self.asked += len(requests)
        return found

    def pipe(self, message):
        """A mail as a mail server hands it on, to the program that reads mails. Its answer."""
        done = subprocess.run(
            [self.programs / "screenpop", "contact", "mail", "--json", "--api-socket", self.daemon.api], input=message,
            capture_output=True, timeout=60)
        if done.returncode:
            return done.returncode, {"detail": done.stderr.decode(errors="replace")}
        return 201, json.loads(done.stdout)

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def parts(self, who, body):
        headers = {"Accept-Language": "en", "Authorization": f"Bearer {self.tokens[who]}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return (None if body is None else json.dumps(body).encode()), headers

    def exchange(self, connection, who, method, path, body):
        connection.request(method, path, *self.parts(who, body))
        answer = connection.getresponse()
        text = answer.read()
        answers.keep(method, path, answer.status, answer.getheader("Content-Type"), text)
        return answer.status, json.loads(text) if text.strip() else None

    def last_words(self):
        return (self.folder / "log").read_text(errors="replace")[-1500:]
