#!/usr/bin/env node
// A client of screenpopd, for Node.js 18 and newer, without any package. All but `push` runs in a browser as it is.
//
//   client.mjs push '{"type":"ping"}' …       push events over the Unix socket, and print the replies
//   client.mjs pops 101                       follow operator 101's pops, and say who is calling
//   client.mjs figures                        today's figures of the centre
//   client.mjs note CALL OPERATOR TEXT        write a note of a call
//
// SCREENPOP_EVENTS_SOCKET   /run/screenpop/events.sock
// SCREENPOP_URL             http://127.0.0.1:8790
// SCREENPOP_TOKEN           from `screenpop token create`; a supervisor's does for all of these

import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const eventsSocket = process.env.SCREENPOP_EVENTS_SOCKET ?? '/run/screenpop/events.sock'
const base = process.env.SCREENPOP_URL ?? 'http://127.0.0.1:8790'
const token = process.env.SCREENPOP_TOKEN ?? ''

// The replies to events, in their order. "ok":true means that an event is on disk; one that got no reply is to be sent
// again with the same id, and counts once.
export async function* push(events) {
  const connection = connect(eventsSocket)
  const failed = new Promise((_, reject) => connection.once('error', reject))
  failed.catch(() => {})
  for (const event of events) connection.write(JSON.stringify({ id: randomUUID(), ...event }) + '\n')
  connection.end()
  const lines = createInterface({ input: connection })[Symbol.asyncIterator]()
  for (let count = 0; count < events.length; count += 1) {
    const { value, done } = await Promise.race([lines.next(), failed])
    if (done) throw new Error(`${events.length - count} events were not answered: send them again with their ids`)
    yield JSON.parse(value)
  }
}

// An answer; an error has the daemon's own words.
export async function ask(path, { headers = {}, body, signal } = {}) {
  const answer = await fetch(base + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  })
  if (answer.ok) return answer
  const problem = await answer.json().catch(() => ({}))
  const error = new Error(`${answer.status}: ${problem.detail ?? answer.statusText}`)
  throw Object.assign(error, { refused: answer.status < 500 })
}

// The events of a stream, for ever; after a lost connection it goes on where it was.
export async function* stream(path) {
  let last
  while (true) {
    const silence = new AbortController()
    let timer
    // A comment comes every 15 s: twice that without anything, and the connection is dead.
    const alive = () => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(new Error('nothing came for 30 s')), 30_000)
    }
    try {
      alive()
      const headers = { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) }
      const answer = await ask(path, { headers, signal: silence.signal })
      let rest = ''
      for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
        alive()
        const frames = (rest + piece).split('\n\n')
        rest = frames.pop()
        for (const frame of frames) {
          const fields = { event: 'message', data: [] }
          for (const line of frame.split('\n')) {
            const [, name, value] = line.match(/^([^:]*):? ?(.*)$/)
            if (name === 'data') fields.data.push(value)
            else if (name === 'id') last = value
            else if (name === 'event') fields.event = value
          }
          if (fields.data.length) yield [fields.event, JSON.parse(fields.data.join('\n'))]
        }
      }
    } catch (error) {
      if (error.refused) throw error
      console.error(`${base}: ${error.cause?.message ?? error.message}; connecting again`)
    } finally {
      clearTimeout(timer)
    }
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

async function pops(operator) {
  for await (const [event, data] of stream(`/v1/stream?operator=${encodeURIComponent(operator)}`)) {
    if (event === 'pop' || event === 'pop.update') {
      console.log(data.phase, data.call, data.customer?.name ?? 'unknown')
    } else if (event === 'pop.withdrawn') {
      console.log('withdrawn', data.call, data.reason)
    } else if (event === 'reset') {
      console.log('reset: forget what is shown; what is alive follows')
    }
  }
}

async function figures() {
  const { centre } = await (await ask('/v1/stats')).json()
  console.log(['offered', 'answered', 'abandoned', 'waiting'].map((name) => `${name}=${centre[name]}`).join(' '))
}

async function note(call, operator, text) {
  const answer = await ask(`/v1/calls/${encodeURIComponent(call)}/note`, { body: { operator, text } })
  console.log(`${(await answer.json()).notes.length} notes`)
}

const [verb, ...words] = process.argv.slice(2)
try {
  if (verb === 'push' && words.length) {
    for await (const reply of push(words.map((word) => JSON.parse(word)))) console.log(JSON.stringify(reply))
  } else if (verb === 'pops' && words.length === 1) await pops(words[0])
  else if (verb === 'figures' && !words.length) await figures()
  else if (verb === 'note' && words.length === 3) await note(...words)
  else {
    console.error('usage: client.mjs push EVENT… | pops OPERATOR | figures | note CALL OPERATOR TEXT')
    process.exitCode = 64
  }
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
