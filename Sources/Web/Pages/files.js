// Pictures and documents of a customer: attached by choosing or dropping them, opened, renamed and deleted.
import { Refusal } from './api.js';
import { announce, h, said } from './dom.js';
import { ItemPanel } from './items.js';
import { language, number, t } from './text.js';
import { dateTime } from './time.js';

/** What browsers draw in place; the daemon says what a file is by its content, and sends the rest to be saved. */
const images = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const bytesMax = 20 * 1024 * 1024;

/** A length as people say it. */
const length = (bytes) => (bytes < 1024 * 1024
  ? `${number(Math.max(1, Math.round(bytes / 1024)))} KB`
  : `${number(Math.round(bytes / 1024 / 102.4) / 10)} MB`);

export class FilePanel extends ItemPanel {
  constructor(customer, session, changed) { super('files', customer, session, changed); }

  line(item) {
    const path = `${this.path}/${item.id}/content`, isImage = images.includes(item.type);
    const line = super.line(item);
    line.prepend(h('a', { href: path, target: '_blank', rel: 'noopener', download: isImage ? null : item.name },
      isImage && h('img', { src: path, alt: '', class: 'thumbnail', loading: 'lazy' }), said(item.name)), ' · ');
    return line;
  }

  parts(item) { return [length(item.bytes), item.type, dateTime(item.created_at), item.created_by]; }

  /** To rename one, or to attach others. */
  draft(item) {
    if (item) return super.draft(item);
    this.item = null;
    const progress = h('progress', { max: 1, value: 0, hidden: true, 'aria-label': t('files.progress') });
    const problem = h('p', { class: 'problem', role: 'alert' });
    const attach = async (files) => {
      problem.textContent = '';
      input.disabled = true;
      for (const file of files) {
        progress.hidden = false;
        try {
          await this.send(file, (part) => { progress.value = part; });
          announce(t('files.attached', { name: file.name }));
        } catch (refusal) { problem.textContent = t('files.failed', { name: file.name, why: refusal.message }); }
      }
      progress.hidden = true;
      input.disabled = false;
      input.value = '';
      await this.refresh();
      this.changed();
    };
    const input = h('input', { type: 'file', id: 'files-choose', multiple: true, onchange: () => attach(input.files) });
    const drop = h('form', {
      class: 'item-form drop',
      onsubmit: (event) => event.preventDefault(),
      ondragover: (event) => { event.preventDefault(); drop.classList.add('over'); },
      ondragleave: () => drop.classList.remove('over'),
      ondrop: (event) => {
        event.preventDefault();
        drop.classList.remove('over');
        attach(event.dataTransfer.files);
      },
    }, h('p', {}, h('label', { for: 'files-choose' }, t('files.choose')), input), progress, problem);
    this.place.replaceChildren(drop);
  }

  /** Sends a file; `fetch` would not say how far it is. */
  send(file, progress) {
    if (file.size > bytesMax) throw new Refusal(413, { detail: t('files.tooLarge') });
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open('POST', `${this.path}?name=${encodeURIComponent(file.name)}`);
      request.setRequestHeader('Accept-Language', language());
      request.setRequestHeader('Content-Type', 'application/octet-stream');
      request.upload.addEventListener('progress', (event) => progress(event.loaded / Math.max(1, event.total)));
      request.addEventListener('error', () => failed(new Refusal(0, { detail: t('problem.link') })));
      request.addEventListener('load', () => {
        if (request.status === 401) location.reload();
        if (request.status < 300) return done();
        let body = null;
        try { body = JSON.parse(request.responseText); } catch { /* A proxy's page. */ }
        return failed(new Refusal(request.status, body));
      });
      request.send(file);
    });
  }
}
