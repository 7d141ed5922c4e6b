import type { Account } from './accounts.ts';
import type { AuthorizeRequest } from './authorize-request.ts';
import { wordsFor } from './scopes.ts';

const STYLE = `
  :root { color-scheme: light; font: 16px/1.5 system-ui, sans-serif; color: #1f2329; background: #f2f3f5; }
  body { margin: 0; display: grid; min-height: 100vh; place-items: center; }
  main { box-sizing: border-box; width: min(30rem, 100% - 2rem); margin: 1rem; padding: 2rem; background: #fff;
    border-radius: 12px; box-shadow: 0 4px 24px rgb(31 35 41 / 12%); }
  h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 1.25rem; }
  h2, legend { font-size: 1rem; font-weight: 600; padding: 0; margin: 1.25rem 0 .5rem; }
  fieldset { border: 0; padding: 0; margin: 0; }
  .brand { font-weight: 700; color: #245bdb; margin: 0 0 1rem; }
  .account { display: flex; gap: .75rem; align-items: center; padding: .625rem .75rem; margin-bottom: .5rem;
    border: 1px solid #8f959e; border-radius: 8px; cursor: pointer; }
  .account:focus-within, .account:has(:checked) { border-color: #245bdb; outline: 2px solid #245bdb; }
  .account small { display: block; color: #51565d; }
  ul { margin: 0; padding-left: 1.25rem; }
  .accounts { max-height: 18rem; overflow: auto; padding: 3px; }
  .buttons { display: flex; gap: .75rem; margin-top: 1.75rem; }
  button { flex: 1; font: inherit; font-weight: 600; padding: .625rem; border-radius: 8px; cursor: pointer;
    border: 1px solid #245bdb; background: #fff; color: #245bdb; }
  button.allow { background: #245bdb; color: #fff; }
  button:focus-visible { outline: 3px solid #1f2329; outline-offset: 2px; }
  .alert { padding: .75rem; border-radius: 8px; background: #fef0f0; color: #8f1d14; }
  .note { color: #51565d; font-size: .875rem; margin: 1.25rem 0 0; }`;

/** The consent screen: who, what for, allow or deny. Works without scripts; `problem` is shown above the form. */
export function consentPage(request: AuthorizeRequest, accounts: Account[], problem?: string): string {
  const { app, query, scopes } = request;
  const appName = escape(app.name);
  const hidden = Object.entries(query)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`)
    .join('\n');
  const choices = accounts
    .map((account) => {
      const openId = escape(account.openIdFor(app));
      const email = escape(account.email ?? '');
      const only = accounts.length === 1 ? ' checked' : '';
      return `<label class="account"><input type="radio" name="account" value="${openId}" data-email="${email}" required${only}>
        <span>${escape(account.name)}<small>${email || 'no e-mail address'}</small></span></label>`;
    })
    .join('\n');
  const asked = scopes.map((scope) => `<li>${escape(wordsFor(scope))}</li>`).join('\n');
  return page(
    `Allow ${appName}? – Lark`,
    `<p class="brand">Lark</p>
    <h1>${appName} asks for access to your account</h1>
    ${problem === undefined ? '' : `<p class="alert" role="alert">${escape(problem)}</p>`}
    <form method="post" action="/open-apis/authen/v1/authorize">
    ${hidden}
    <fieldset><legend>Choose your account</legend><div class="accounts">${choices}</div></fieldset>
    <h2>${appName} will be able to</h2>
    ${scopes.length === 0 ? '<p>Know who you are</p>' : `<ul>${asked}</ul>`}
    <div class="buttons">
    <button type="submit" name="decision" value="deny" formnovalidate>Deny</button>
    <button type="submit" name="decision" value="allow" class="allow">Allow</button>
    </div>
    </form>
    <p class="note">What you allowed earlier stays allowed. You can take access back at any time.</p>`,
  );
}

/** The vendor's error page: it never goes back to a redirect URI that may not be the app's. */
export function errorPage(code: number, message: string): string {
  return page(
    'This request is not valid – Lark',
    `<p class="brand">Lark</p>
    <h1>This request is not valid</h1>
    <p class="alert" role="alert">${escape(message)}</p>
    <p>Error code: <code>${code}</code></p>
    <p class="note">Tell the people who run the app that sent you here.</p>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body><main>${content}</main></body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
