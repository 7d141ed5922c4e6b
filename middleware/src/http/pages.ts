import type { Request, Response } from 'express';
import type { AppError } from '../core/errors.ts';

/** Does a person in a browser wait for this answer? */
export function wantsPage(request: Request): boolean {
  return request.accepts(['json', 'html']) === 'html';
}

export interface Page {
  title: string;
  /** Trusted markup: every value in it went through `escapeHtml`. */
  body: string;
}

/** Sends a small page of ours: no script, nothing loaded from elsewhere, never cached. */
export function sendPage(response: Response, page: Page): void {
  response.set('Cache-Control', 'no-store').type('html').send(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)} · Trainer Connect</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(page.title)}</h1>
${page.body}
</main>
</body>
</html>
`);
}

export function sendErrorPage(response: Response, error: AppError, requestId: string): void {
  sendPage(response, {
    title: error.status >= 500 ? 'This did not work' : 'This cannot be done',
    body: `<p>${escapeHtml(error.message)}</p>
<p class="small">If you ask for help, name the code <code>${error.code}</code> and the request
<code>${escapeHtml(requestId)}</code>.</p>`,
  });
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light; font: 16px/1.5 system-ui, sans-serif; color: #181818; background: #f3f3f3; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; }
main { background: #fff; border: 1px solid #c9c9c9; border-radius: 8px; padding: 2rem; margin: 1rem; max-width: 30rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
button { font: inherit; color: #fff; background: #0b5cab; border: 0; border-radius: 4px; padding: .6rem 1.4rem; cursor: pointer; }
button:focus-visible, input:focus-visible { outline: 3px solid #1b96ff; outline-offset: 2px; }
label { display: block; margin: 0 0 .25rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; margin: 0 0 1rem; border: 1px solid #747474; border-radius: 4px; }
.small { color: #444; font-size: .875rem; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
`;
