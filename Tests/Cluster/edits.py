"""Records that are edited while things go wrong, through whatever node: what was acknowledged is there once on every
node, what was refused nowhere, and what nobody answered once or not at all."""
import asyncio
import collections
import concurrent.futures
import json
import random
import time
from urllib.parse import urlencode

EDITORS = 4
#: Of an editor: seconds between two edits.
EVERY_S = 0.4
#: An answer that takes longer is not waited for: whether the edit is kept is not known.
ANSWER_S = 5


class Edits:
    def __init__(self, seed, nodes):
        self.random = random.Random(f"edits {seed}")
        self.nodes = nodes
        self.customers, self.versions = [], {}
        self.kept, self.refused, self.unknown = {}, {}, {}      # what the name became -> customer
        self.answers_ms, self.wrong = [], []
        self.is_ending, self.tasks = False, []
        # Its own threads: whoever waits for a frozen node keeps nobody else waiting.
        self.threads = concurrent.futures.ThreadPoolExecutor(EDITORS, thread_name_prefix="editor")

    def make(self, node):
        """The records, which nobody calls."""
        for place in range(EDITORS):
            status, text = node.ask("POST", "/v1/customers", {"name": f"Edited {place}"})
            if status != 201:
                raise RuntimeError(f"no record to edit: {status} {text[:300].decode(errors='replace')}")
            record = json.loads(text)
            self.customers.append(record["id"])
            self.versions[record["id"]] = record["version"]

    def start(self):
        self.tasks = [asyncio.create_task(self.edit(customer)) for customer in self.customers]

    async def in_thread(self, work, *arguments):
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *arguments)

    async def edit(self, customer):
        serial = 0
        while not self.is_ending:
            serial += 1
            node, name = self.random.choice(self.nodes.all), f"edit {customer}-{serial}"
            await self.in_thread(self.edit_once, node, customer, name)
            await asyncio.sleep(EVERY_S * self.random.uniform(0.7, 1.3))

    def edit_once(self, node, customer, name):
        began = time.monotonic()
        try:
            status, text = node.ask("PATCH", f"/v1/customers/{customer}", {"name": name}, seconds=ANSWER_S,
                                    headers={"If-Match": f'"v{self.versions[customer]}"'})
            answer = json.loads(text)
        except (OSError, ValueError):
            self.unknown[name] = customer
            return
        if status == 200:
            self.kept[name], self.versions[customer] = customer, answer["version"]
            self.answers_ms.append(round((time.monotonic() - began) * 1000))
        elif status == 412:
            # An edit that nobody answered was kept after all.
            self.refused[name] = customer
            self.read(node, customer)
        elif status == 503 and answer.get("kept") == "no":
            self.refused[name] = customer
        elif status == 503:
            self.unknown[name] = customer
        else:
            self.wrong.append(f"{node.name} answers an edit of a record with {status}: {answer.get('detail')}")

    def read(self, node, customer):
        try:
            self.versions[customer] = node.get(f"/v1/customers/{customer}", ANSWER_S)["version"]
        except (OSError, RuntimeError, ValueError):
            pass    # with the next 412

    async def end(self):
        self.is_ending = True
        await asyncio.gather(*self.tasks)

    # The end

    def judge(self, verdict):
        """Says in `verdict` what is wrong."""
        verdict.say(self.wrong)
        histories = {node.name: {customer: self.names(node, customer) for customer in self.customers}
                     for node in self.nodes}
        for node, by_customer in histories.items():
            found = collections.Counter(name for names in by_customer.values() for name in names)
            verdict.say([f"{node}: {name}, which was acknowledged, is {found[name]} times in the history of customer "
                         f"{customer}" for name, customer in self.kept.items() if found[name] != 1])
            verdict.say([f"{node}: {name}, which was refused, is in the history of customer {customer}"
                         for name, customer in self.refused.items() if found[name]])
            verdict.say([f"{node}: {name} is {found[name]} times in the history of customer {customer}"
                         for name, customer in self.unknown.items() if found[name] > 1])
        verdict.alike("the history of edited records", {
            node: [f"{customer}: {names}" for customer, names in sorted(by_customer.items())]
            for node, by_customer in histories.items()})
        first = next(iter(histories.values()))
        found = {name for names in first.values() for name in names}
        verdict.counts["edits_kept"] = len(self.kept)
        verdict.counts["edits_refused"] = len(self.refused)
        verdict.counts["edits_unknown"] = len(self.unknown)
        verdict.counts["edits_unknown_and_kept"] = sum(1 for name in self.unknown if name in found)
        if not self.kept:
            verdict.say(["no edit of a record was acknowledged: this says nothing"])

    @staticmethod
    def names(node, customer):
        """What the record's name became, version by version, the oldest first."""
        names, after = [], None
        while True:
            query = {"limit": 1_000} | ({"after": after} if after else {})
            page = node.get(f"/v1/customers/{customer}/history?{urlencode(query)}")
            for version in page["items"]:
                names += [change["to"] for change in version["changes"] if change["field"] == "name"]
            after = page.get("next")
            if not after:
                return names[::-1]
