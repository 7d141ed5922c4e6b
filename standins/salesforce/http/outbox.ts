import type { Store } from '../store/open-store.ts';

export interface Mail {
  sentAt: string;
  /** Username of who sent it. */
  sentBy: string;
  from: string;
  to: string[];
  subject: string;
  /** Plain text. */
  body: string;
}

/** Mails that would have left the org, newest last. */
export interface Outbox {
  add(mail: Mail): void;
  mails(): Mail[];
  clear(): void;
}

export function createOutbox(store: Store): Outbox {
  return {
    add: (mail) => store.run('INSERT INTO _mail (mail) VALUES (?)', JSON.stringify(mail)),
    mails: () => store.all('SELECT mail FROM _mail ORDER BY id').map((row) => JSON.parse(String(row['mail'])) as Mail),
    clear: () => store.run('DELETE FROM _mail'),
  };
}

/** The outbox for people. */
export function outboxPage(mails: readonly Mail[]): string {
  const articles = mails.toReversed().map(
    (mail) => `<article>
<h2>${escapeHtml(mail.subject)}</h2>
<p>To ${escapeHtml(mail.to.join(', '))} · from ${escapeHtml(mail.from)} · <time>${escapeHtml(mail.sentAt)}</time></p>
<pre>${escapeHtml(mail.body).replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`)}</pre>
</article>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Outbox of the local org</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid #c9c9c9;border-radius:.25rem;padding:0 1rem;margin:1rem 0}pre{white-space:pre-wrap}</style></head>
<body><h1>Outbox of the local org</h1>
${articles.join('\n') || '<p>No mail has been sent.</p>'}
</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
