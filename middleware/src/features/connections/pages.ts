import { escapeHtml, type Page } from '../../http/pages.ts';
import type { ShownResult } from './cookies.ts';
import type { AuthorizationResult } from './finish-authorization.ts';

/** The page behind a one-time link: its button spends the link, opening it does not. */
export function connectPage(input: { trainerName: string; connectedAs: string | undefined; ticket: string }): Page {
  const state =
    input.connectedAs === undefined
      ? '<p>You are about to connect your Lark account. Trainer Connect will open the video meetings of your trainings with it and put them into your calendar.</p>'
      : `<p>You are connected as <strong>${escapeHtml(input.connectedAs)}</strong>. Connecting again renews the access.</p>`;
  return {
    title: `Connect Lark: ${input.trainerName}`,
    body: `${state}
<form method="post" action="/api/lark/trainer/oauth/authorize">
<input type="hidden" name="ticket" value="${escapeHtml(input.ticket)}">
<button type="submit">Continue to Lark</button>
</form>
<p class="small">Not ${escapeHtml(input.trainerName)}? Please close this page.</p>`,
  };
}

export function askForEmailPage(): Page {
  return {
    title: 'Connect your Lark account',
    body: `<p>Enter your work e-mail. If you are a trainer, we mail you a link.</p>
<form method="post" action="/trainers/authorize">
<label for="email">Work e-mail</label>
<input id="email" name="email" type="email" autocomplete="email" required maxlength="80">
<button type="submit">Mail me a link</button>
</form>`,
  };
}

/** The same for known and unknown addresses. */
export function linkMailedPage(): Page {
  return {
    title: 'Please look into your mail',
    body: '<p>If this address belongs to a trainer, a link is on its way. It works once, for seven days.</p>',
  };
}

/** How an authorization ended, in words. */
export function shownResult(result: AuthorizationResult): ShownResult {
  return result.outcome === 'connected'
    ? { status: 200, title: 'You are connected', message: `You connected ${result.account}. You can close this page.` }
    : {
        status: result.error.status,
        title: 'You are not connected',
        message: `${result.error.message} (code ${result.error.code})`,
      };
}

export const nothingToShow: ShownResult = {
  status: 404,
  title: 'Nothing to show',
  message: 'This page says once how connecting an account ended.',
};

export function resultPage({ title, message }: Pick<ShownResult, 'title' | 'message'>): Page {
  return { title, body: `<p>${escapeHtml(message)}</p>` };
}
