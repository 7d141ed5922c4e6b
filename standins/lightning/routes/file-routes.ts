import express, { type Express } from 'express';
import path from 'node:path';
import { BuildFailed } from '../build/build-pages.ts';
import type { PageBuild } from '../build/page-build.ts';
import { failureScript } from '../page-html.ts';

const DESIGN_SYSTEM = path.resolve(import.meta.dirname, '../../../node_modules/@salesforce-ux/design-system/assets');

/** The built pages, the design system, and news of a new build. */
export function addFileRoutes(app: Express, build: PageBuild): void {
  app.use('/assets', express.static(DESIGN_SYSTEM, { maxAge: '1d' }));

  app.get('/build/changes', (request, response) => {
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 1000\n\n');
    const stop = build.onChange(() => response.write('event: change\ndata: {}\n\n'));
    request.once('close', stop);
  });

  app.get('/build/*file', async (request, response, next) => {
    try {
      const root = await build.folder();
      // Chunks are named by their content; the entry is not.
      const maxAge = request.path.startsWith('/build/chunks/') ? '1y' : 0;
      response.sendFile(request.path.slice('/build/'.length), { root, maxAge, immutable: maxAge !== 0 }, (error) => {
        if (error) next();
      });
    } catch (error) {
      if (!(error instanceof BuildFailed)) throw error;
      response.type('js').set('Cache-Control', 'no-store').send(failureScript(error.message));
    }
  });
}
