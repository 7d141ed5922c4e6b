import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { createMovableClock } from '../../kit/clock.ts';
import { startLocalOrg, type LocalOrg } from '../../salesforce/index.ts';
import { startLightning, type Lightning, type LightningOptions } from '../index.ts';
import type { PageContext } from '../page-context.ts';

export const ADMIN = 'admin@trainer-connect.example';
export const STAFF = 'sam.staff@trainer-connect.example';
export const TRAINER = 'wei.tan@trainer-connect.example';
export const FRENCH_TRAINER = 'claire.dubois@trainer-connect.example';

export const PACKAGE = path.resolve(import.meta.dirname, '../../../force-app/main/default');
const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const FIXTURE_PARTS = ['lwc', 'classes', 'labels', 'translations'];

/** The real pages with small components of the tests in place of the real ones. */
export function createFixturePackage(t: TestContext): string {
  const root = mkdtempSync(path.join(tmpdir(), 'lightning-package-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  cpSync(PACKAGE, root, { recursive: true, filter: (place) => !FIXTURE_PARTS.includes(path.relative(PACKAGE, place)) });
  cpSync(FIXTURES, root, { recursive: true });
  return root;
}

export interface Visit {
  as?: string;
  language?: string;
  method?: 'GET' | 'POST' | 'PATCH';
  body?: unknown;
}

export interface World {
  org: LocalOrg;
  lightning: Lightning;
  /** Asks as a user: the parsed answer with its status. */
  ask: <T>(place: string, visit?: Visit) => Promise<{ status: number; body: T }>;
  /** What a page hands to its scripts. */
  context: (place: string, visit?: Visit) => Promise<PageContext>;
  /** The id of a booking by its number. */
  bookingId: (name: string) => Promise<string>;
}

/** Lightning on a fresh local org with the sample data; Apex is the test's own unless `apex` says otherwise. */
export async function startWorld(t: TestContext, options: Partial<LightningOptions> = {}): Promise<World> {
  const clock = createMovableClock();
  const org = await startLocalOrg({ clock });
  t.after(() => org.close());
  const lightning = await startLightning({
    clock,
    org,
    middleware: { url: 'http://127.0.0.1:9', apiKey: 'nobody-asks' },
    apex: { call: () => Promise.reject(new Error('No Apex in this test.')) },
    ...options,
  });
  t.after(() => lightning.close());

  const fetchAs = (place: string, visit: Visit) =>
    fetch(lightning.url + place, {
      method: visit.method ?? (visit.body === undefined ? 'GET' : 'POST'),
      headers: {
        Cookie: `lightning_session=${encodeURIComponent(
          new URLSearchParams({ user: visit.as ?? ADMIN, language: visit.language ?? '' }).toString(),
        )}`,
        ...(visit.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: visit.body === undefined ? undefined : JSON.stringify(visit.body),
    });

  return {
    org,
    lightning,
    ask: async <T>(place: string, visit: Visit = {}) => {
      const response = await fetchAs(place, visit);
      return { status: response.status, body: (await response.json()) as T };
    },
    context: async (place, visit = {}) => readContext(await (await fetchAs(place, visit)).text()),
    bookingId: async (name) => {
      const url = new URL('/services/data/v65.0/query', org.url);
      url.searchParams.set('q', `SELECT Id FROM Training_Booking__c WHERE Name = '${name}'`);
      const response = await fetch(url, { headers: { Authorization: `Bearer ${org.sessionFor(ADMIN)}` } });
      const { records } = (await response.json()) as { records: { Id: string }[] };
      return records[0]?.Id ?? '';
    },
  };
}

/** `globalThis.__SF__` out of a document. */
export function readContext(html: string): PageContext {
  const json = /globalThis\.__SF__ = (.*);<\/script>/.exec(html)?.[1] ?? 'null';
  return JSON.parse(json) as PageContext;
}
