import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { LocalOrg } from '../../salesforce/index.ts';
import {
  packageWithLeak,
  SAMPLE_USERS,
  SEALED,
  startTokenOrg,
  TOKEN_FIELDS,
} from '../../salesforce/test/token-world.ts';
import { readPageMetadata } from '../metadata/index.ts';
import type { RecordList } from '../org/list-records.ts';
import { ADMIN, PACKAGE, startWorld, type World } from './support.ts';

const INTEGRATION = 'integration@trainer-connect.example';
const VISITORS = SAMPLE_USERS.filter(({ username }) => username !== INTEGRATION);
const NAMES = TOKEN_FIELDS.map(({ field }) => field);
const OBJECTS = [...new Set(TOKEN_FIELDS.map(({ object }) => object))];
/** One of each kind reads more: every list of the objects that hold tokens, and one of each other object. */
const FIRST_OF_KIND = VISITORS.filter(
  ({ permissionSets: [kind] }, index) => VISITORS.findIndex((one) => one.permissionSets[0] === kind) === index,
).map(({ username }) => username);

interface Pages extends World {
  /** Every trainer and connection with tokens: its object, its id, and who owns it. */
  records: { object: string; id: string; owner: string }[];
}

async function startPages(t: TestContext, metadata?: string[]): Promise<Pages> {
  const org = await startTokenOrg(metadata === undefined ? {} : { metadata });
  t.after(() => org.close());
  const world = await startWorld(t, { org });
  return { ...world, org, records: await recordsWithTokens(org) };
}

async function recordsWithTokens(org: LocalOrg): Promise<Pages['records']> {
  const headers = { authorization: `Bearer ${org.sessionFor(INTEGRATION)}` };
  const found = await Promise.all(
    OBJECTS.map(async (object) => {
      const soql = encodeURIComponent(`SELECT Id, Owner.Username FROM ${object} WHERE Owner.IsActive = true`);
      const response = await fetch(`${org.url}/services/data/v65.0/query?q=${soql}`, { headers });
      const { records } = (await response.json()) as { records: { Id: string; Owner: { Username: string } }[] };
      return records.map(({ Id, Owner }) => ({ object, id: Id, owner: Owner.Username }));
    }),
  );
  return found.flat();
}

/** Everything that the pages hand to this user of a record, of lists and of lookups, as text by place. */
async function readEverything({ ask, records }: Pages, as: string): Promise<Map<string, string>> {
  const isFirst = FIRST_OF_KIND.includes(as);
  const views = [...readPageMetadata(PACKAGE).listViews].flatMap(([object, all]) => {
    const few = OBJECTS.includes(object) ? 1 : 0;
    const count = isFirst ? Math.max(1, few * all.length) : few;
    return all.slice(0, count).map((view) => ({ object, view }));
  });
  const shown = records.filter(({ id, object, owner }) => owner === as || id === firstOf(records, object));
  const places = [
    ...views.map(({ object, view }) => `/ui/lists/${object}?view=${view.name}&limit=2000`),
    ...(isFirst ? TOKEN_FIELDS.map(({ object, field }) => `/ui/lists/${object}?sort=${field}`) : []),
    ...(isFirst ? OBJECTS.map((object) => `/ui/lookup/${object}`) : []),
    ...shown.map(({ id }) => `/ui/records/${id}`),
  ];
  const told = new Map<string, string>();
  for (const place of places) told.set(place, JSON.stringify((await ask(place, { as })).body));
  return told;
}

function firstOf(records: Pages['records'], object: string): string | undefined {
  return records.find((record) => record.object === object)?.id;
}

function leaksIn(told: ReadonlyMap<string, string>): string[] {
  return [...told]
    .filter(([, text]) => text.includes(SEALED) || NAMES.some((name) => text.includes(`"${name}"`)))
    .map(([place]) => place);
}

test('Pages, lists, lookups and records tell nobody of a token, and refuse to change one', async (t) => {
  const pages = await startPages(t);
  for (const { username: as } of VISITORS) {
    const told = await readEverything(pages, as);
    assert.ok(
      [...told.values()].some((text) => text.includes('"rows":[{')),
      `${as} sees no list at all`,
    );
    assert.deepEqual(leaksIn(told), [], as);
    assert.ok(!JSON.stringify(await pages.context('/lightning/page/home', { as })).includes(SEALED));
    for (const { object, field } of FIRST_OF_KIND.includes(as) ? TOKEN_FIELDS : []) {
      const own = pages.records.find((record) => record.object === object && record.owner === as) ?? pages.records[0];
      const saved = await pages.ask<{ errors: { errorCode: string }[] }>(`/ui/records/${own?.id}`, {
        as,
        method: 'PATCH',
        body: { [field]: 'x' },
      });
      assert.match(saved.body.errors[0]?.errorCode ?? 'saved', /^(INVALID_FIELD|NOT_FOUND)$/, `${as} ${field}`);
    }
  }
});

test('A trainer opens the own records, and those of nobody else', async (t) => {
  const pages = await startPages(t);
  for (const { username: as } of VISITORS.filter(({ trainer }) => trainer !== undefined)) {
    const foreign = pages.records.filter(({ owner }) => owner !== as).slice(0, 1);
    const own = pages.records.filter(({ owner }) => owner === as);
    assert.equal(own.length, 2);
    for (const { id, owner } of [...own, ...foreign]) {
      const { body } = await pages.ask<{ missing?: string }>(`/ui/records/${id}`, { as });
      if (owner !== as) assert.deepEqual(body, { missing: 'access' }, `${as} opens a record of ${owner}`);
      else assert.notEqual(body.missing, 'access');
    }
    const { body } = await pages.ask<RecordList>('/ui/lists/Onboarding_Trainer__c?limit=2000', { as });
    assert.deepEqual(
      body.rows.map(({ id }) => id),
      pages.records
        .filter(({ object, owner }) => object === 'Onboarding_Trainer__c' && owner === as)
        .map(({ id }) => id),
    );
  }
});

test('The same check finds the tokens where a permission set gives them to administrators', async (t) => {
  const leaking = packageWithLeak();
  t.after(leaking.remove);
  const pages = await startPages(t, leaking.metadata);
  const found = leaksIn(await readEverything(pages, ADMIN));
  assert.ok(found.includes(`/ui/records/${firstOf(pages.records, 'Onboarding_Trainer__c')}`));
});
