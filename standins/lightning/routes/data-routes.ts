import type { Express } from 'express';
import type { PageMetadata } from '../metadata/index.ts';
import { describeObject } from '../org/describe.ts';
import { listRecords } from '../org/list-records.ts';
import { readRecord } from '../org/read-record.ts';
import { readJsonObject } from './read-json.ts';
import { identify, type LightningDeps, type Visitor } from './visitor.ts';

const CHOICES = 200;

/**
 * Lists, records and saves in the session of the user. Refusals of the platform are answered 200 with `errors` or
 * `missing`, as the platform's own page endpoint does.
 */
export function addDataRoutes(app: Express, deps: LightningDeps): void {
  app.get('/ui/lists/:object', async (request, response) => {
    const { client } = await identify(deps, request);
    const metadata = deps.metadata();
    const views = metadata.listViews.get(request.params.object) ?? [];
    const view = views.find(({ name }) => name === request.query['view']) ?? views[0];
    const object = view && (await describeObject(client, request.params.object));
    if (!view || !object) {
      response.json({ missing: 'access' });
      return;
    }
    const text = (name: string) => (typeof request.query[name] === 'string' ? request.query[name] : undefined);
    const list = await listRecords(
      client,
      object,
      { view, sort: text('sort'), direction: text('direction'), limit: Number(text('limit') ?? 50) || 50 },
      hasPage(metadata),
    );
    response.json({
      object: {
        name: object.name,
        label: object.label,
        plural: object.labelPlural,
        icon: iconOf(metadata)(object.name),
      },
      views: views.map(({ name, label }) => ({ name, label })),
      view: { name: view.name, label: view.label },
      ...list,
    });
  });

  app.get('/ui/records/:id', async (request, response) => {
    response.json(await recordOf(deps, await identify(deps, request), request.params.id));
  });

  app.patch('/ui/records/:id', async (request, response) => {
    const visitor = await identify(deps, request);
    const record = await recordOf(deps, visitor, request.params.id);
    if ('missing' in record) {
      response.json({ errors: [{ message: 'insufficient access rights on object id', errorCode: 'NOT_FOUND' }] });
      return;
    }
    const path = `/sobjects/${record.object.name}/${record.id}`;
    const { status, errors } = await visitor.client.call('PATCH', path, readJsonObject(request));
    if (status === 204) response.json({ record: await recordOf(deps, visitor, record.id) });
    else response.json({ errors });
  });

  app.get('/ui/lookup/:object', async (request, response) => {
    const { client } = await identify(deps, request);
    const object = await describeObject(client, request.params.object);
    const rows = object
      ? await client.query<{ Id: string; Name: string }>(
          `SELECT Id, Name FROM ${object.name} ORDER BY Name ASC LIMIT ${CHOICES}`,
        )
      : [];
    response.json(rows.map((row) => ({ value: row.Id, label: row.Name })));
  });
}

function recordOf(deps: LightningDeps, { client }: Visitor, id: string): ReturnType<typeof readRecord> {
  const metadata = deps.metadata();
  const { everybody } = deps;
  return readRecord({ client, everybody, metadata, iconOf: iconOf(metadata), hasPage: hasPage(metadata) }, id);
}

const iconOf = (metadata: PageMetadata) => (object: string) =>
  [...metadata.tabs.values()].find(({ target }) => target === object)?.icon ?? 'standard:record';

const hasPage = (metadata: PageMetadata) => (object: string) => metadata.recordPages.has(object);
