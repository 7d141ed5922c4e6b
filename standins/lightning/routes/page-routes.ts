import type { Express } from 'express';
import { LANGUAGES } from '../i18n.ts';
import { readPageContext } from '../page-context.ts';
import { pageHtml } from '../page-html.ts';
import { writeSession } from '../session.ts';
import { BadRequest, readJsonObject } from './read-json.ts';
import { identify, type LightningDeps } from './visitor.ts';

/** The documents of Lightning Experience, and the choice of user, language and app. */
export function addPageRoutes(app: Express, deps: LightningDeps & { watch: boolean }): void {
  app.get('/', (_request, response) => {
    response.redirect('/lightning/page/home');
  });

  // As the platform addresses an app: `c__` and its name. It opens at its first tab.
  app.get('/lightning/app/:app', async (request, response) => {
    const { user, session } = await identify(deps, request);
    const name = request.params.app.replace(/^c__/, '');
    if (user.apps.has(name)) writeSession(response, { ...session, app: name });
    response.redirect('/lightning/page/home');
  });

  app.get('/lightning/*path', async (request, response) => {
    const { users, user, session, client } = await identify(deps, request);
    const context = await readPageContext(
      { metadata: deps.metadata(), client, watch: deps.watch },
      users,
      user,
      session,
    );
    response.set('Cache-Control', 'no-store').type('html').send(pageHtml(context));
  });

  app.post('/session', async (request, response) => {
    const { users, session } = await identify(deps, request);
    const { username, language, ...others } = readJsonObject(request);
    if (Object.keys(others).length > 0) throw new BadRequest('Only username and language can be chosen.');
    if (username !== undefined && !users.some((user) => user.username === username)) {
      throw new BadRequest(`${JSON.stringify(username)} is no active user of the app.`);
    }
    const chosen = LANGUAGES.find(({ key }) => key === language)?.key;
    if (language !== undefined && chosen === undefined) {
      throw new BadRequest(`${JSON.stringify(language)} is no language of the app.`);
    }
    // Another user begins in their own language.
    if (typeof username === 'string') writeSession(response, { username, language: chosen });
    else writeSession(response, { ...session, ...(chosen === undefined ? {} : { language: chosen }) });
    response.status(204).end();
  });
}
