import type { PageContext } from './page-context.ts';

/** The document of every page: the context, the stylesheet, and a splash until the pages are built and loaded. */
export function pageHtml(context: PageContext): string {
  // In a script, only "<" could end it early.
  const json = JSON.stringify(context).replace(/</g, '\\u003c');
  return `<!doctype html>
<html lang="${context.i18n['lang']}" dir="ltr">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${context.app.label} | Salesforce</title>
    <link rel="icon" href="/assets/images/logo-noname.svg" />
    <link rel="stylesheet" href="/assets/styles/salesforce-lightning-design-system.min.css" />
    <style>
      body { background: #b0c4df; }
      #splash { display: flex; min-height: 100vh; align-items: center; justify-content: center; background: #fff; }
      #splash img { width: 6rem; }
    </style>
    <script>globalThis.__SF__ = ${json};</script>
  </head>
  <body class="slds-scope">
    <div id="splash"><img src="/assets/images/logo-noname.svg" alt="" /></div>
    <script type="module" src="/build/main.js"></script>
  </body>
</html>
`;
}

/** A script in place of the pages that shows why they could not be built. */
export function failureScript(message: string): string {
  return `
const card = document.createElement('div');
card.className = 'slds-card slds-p-around_large slds-m-around_large';
card.setAttribute('role', 'alert');
const heading = document.createElement('h1');
heading.className = 'slds-text-heading_medium slds-text-color_error';
heading.textContent = 'The pages could not be built';
const text = document.createElement('pre');
text.style.whiteSpace = 'pre-wrap';
text.textContent = ${JSON.stringify(message).replace(/</g, '\\u003c')};
card.append(heading, text);
document.querySelector('#splash')?.remove();
document.body.replaceChildren(card);
if (globalThis.__SF__.watch) new EventSource('/build/changes').addEventListener('change', () => location.reload());
`;
}
