#!/usr/bin/env python3
"""The screen pop that many centres write themselves, for comparison: panoramisk, SQLite, aiohttp. It looks the
caller up and shows a pop; it stores nothing, routes nothing and counts nothing.
Usage: script.py PORT USER SECRET CUSTOMERS.db HTTP_PORT"""
import asyncio, json, sqlite3, sys
from aiohttp import web
from panoramisk import Manager

port, user, secret, database, http_port = sys.argv[1:6]
customers = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
customers.row_factory = sqlite3.Row
screens = []


def customer(number):
    e164 = "+81" + number[1:] if number.startswith("0") else number
    found = customers.execute(
        "SELECT c.id, c.name, c.tier, c.owner FROM phone p JOIN customer c ON c.id = p.customer WHERE p.e164 = ?",
        (e164,)).fetchone()
    return dict(found) if found else None


def rings(manager, event):
    who = event.Interface.split("/")[-1]
    pop = {"call": event.Uniqueid, "operator": who, "queue": event.Queue, "from": event.CallerIDNum,
           "name": event.CallerIDName, "customer": customer(event.CallerIDNum)}
    data = f"event: pop\ndata: {json.dumps(pop, ensure_ascii=False)}\n\n".encode()
    for wanted, queue in screens:
        if wanted in (who, "all"):
            queue.put_nowait(data)


async def stream(request):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    screen = (request.query.get("operator", "all"), asyncio.Queue())
    screens.append(screen)
    try:
        while True:
            await response.write(await screen[1].get())
    finally:
        screens.remove(screen)


async def start(app):
    loop = asyncio.get_running_loop()
    app["manager"] = Manager(loop=loop, host="127.0.0.1", port=int(port), username=user, secret=secret)
    app["manager"].register_event("AgentCalled", rings)
    app["manager"].connect()


app = web.Application()
app.router.add_get("/stream", stream)
app.on_startup.append(start)
web.run_app(app, host="127.0.0.1", port=int(http_port), print=None)
