/** Thrown when the consent page shows an error instead of asking. */
export class ConsentRefused extends Error {
  /** The vendor's code on the page, 0 if there is none. */
  readonly code: number;

  constructor(status: number, html: string) {
    const code = Number(/Error code: <code>(\d+)</.exec(html)?.[1] ?? 0);
    const words = /role="alert">([^<]*)</.exec(html)?.[1] ?? 'no consent form';
    super(`Lark's consent page answered ${status}, code ${code}: ${words}`);
    this.code = code;
  }
}

/**
 * Plays the trainer at the real consent page, over HTTP and without a browser.
 * Returns the Location that the browser would be sent to; it is not followed. Throws ConsentRefused.
 */
export async function approve(
  authorizeUrl: string,
  choice: { email?: string; openId?: string; deny?: boolean },
): Promise<string> {
  const shown = await fetch(authorizeUrl, { redirect: 'manual' });
  const html = await shown.text();
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
  if (!shown.ok || action === undefined) throw new ConsentRefused(shown.status, html);

  const form = new URLSearchParams();
  for (const [, name = '', value = ''] of html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)) {
    form.set(name, unescape(value));
  }
  const account = accountsOn(html).find(
    ({ email, openId }) => openId === choice.openId || (email !== '' && email === choice.email?.toLowerCase()),
  );
  if (account) form.set('account', account.openId);
  else if (!choice.deny) throw new Error(`No such account on the consent page: ${choice.email ?? choice.openId}`);
  form.set('decision', choice.deny ? 'deny' : 'allow');

  const answer = await fetch(new URL(action, authorizeUrl), { method: 'POST', body: form, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (answer.status !== 302 || location === null) throw new ConsentRefused(answer.status, await answer.text());
  await answer.body?.cancel();
  return location;
}

function accountsOn(html: string): { openId: string; email: string }[] {
  return [...html.matchAll(/name="account" value="([^"]*)" data-email="([^"]*)"/g)].map(
    ([, openId = '', email = '']) => ({ openId: unescape(openId), email: unescape(email).toLowerCase() }),
  );
}

function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
