// Requests to the daemon, and its event stream.
import { language, t } from './text.js';

/** The daemon's sentences are English: in another language, what kind of refusal it is goes before. */
function sentence(status, detail) {
  if (!detail) return t('problem.server');
  const kind = known.includes(status) && t(`refusal.${status}`);
  return kind ? t('refusal.why', { kind, detail }) : detail;
}

const known = [400, 403, 404, 409, 412, 413, 422, 429, 503];

export class Refusal extends Error {
  constructor(status, body, etag) {
    super(sentence(status, body?.detail));
    this.status = status;
    this.body = body;
    this.etag = etag;
  }

  /** A retry may succeed: the daemon or a proxy is down, or too busy. */
  get mayPass() { return this.status === 0 || this.status >= 500 || this.status === 408 || this.status === 429; }
}

/** Sends a request; returns the response's JSON and ETag. An error has the daemon's sentence. */
export async function ask(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        'Accept-Language': language(),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      // A note that is saved while the page closes still arrives.
      keepalive: /\/note|\/field-uses|\/presence\/leave/.test(path),
    });
  } catch {
    throw new Refusal(0, { detail: t('problem.link') });
  }
  // Who looks is said by the page itself, every few seconds: that alone does not end what somebody does here.
  if (answer.status === 401 && !path.startsWith('/v1/presence')) location.reload();
  let json = null;
  try {
    const text = await answer.text();
    json = text ? JSON.parse(text) : null;
  } catch {
    // An HTML page of a proxy, and no response of the daemon, whatever its status.
    throw new Refusal(answer.ok ? 502 : answer.status, null);
  }
  if (!answer.ok) throw new Refusal(answer.status, json);
  return { json, etag: answer.headers.get('ETag') };
}

export const get = async (path) => (await ask('GET', path)).json;
export const post = async (path, body) => (await ask('POST', path, body)).json;
export const segment = encodeURIComponent;

/** Follows a stream; the browser reconnects by itself, and then gets the events that it missed. */
export function follow(path, handlers, link) {
  const source = new EventSource(path);
  for (const [name, take] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => take(event.data ? JSON.parse(event.data) : null));
  }
  source.addEventListener('open', () => link(true));
  source.addEventListener('error', () => {
    link(false);
    // The browser does not reconnect: the session has ended, or a proxy refused.
    if (source.readyState === EventSource.CLOSED) again();
  });
  const again = () => setTimeout(async () => {
    try { await get('/v1/session'); } catch { return again(); }
    handlers.reset?.();
    follow(path, handlers, link);
  }, 2000);
  addEventListener('pagehide', () => source.close());
  return source;
}
