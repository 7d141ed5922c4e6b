import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProductionRefused, seed } from '../org/seed.ts';
import type { Sf } from '../org/sf.ts';

/** An org with this Organization row and no trainers, by the answers of the CLI; what is run is noted. */
function scripted(organization: Record<string, unknown>): { sf: Sf; imports: string[] } {
  const imports: string[] = [];
  const rows = (...records: Record<string, unknown>[]) => ({ totalSize: records.length, records });
  const sf: Sf = {
    targetOrg: 'scripted',
    run: <Result>(args: readonly string[]) => {
      imports.push(args.slice(0, 3).join(' '));
      return Promise.resolve([{}, {}] as Result);
    },
    request: <Body>(method: string, resource: string, body?: unknown) => {
      assert.deepEqual([method, resource], ['POST', '/composite']);
      const { compositeRequest } = body as { compositeRequest: { referenceId: string; url: string }[] };
      const compositeResponse = compositeRequest.map(({ referenceId, url }) => {
        const ofOrg = decodeURIComponent(url).includes('FROM Organization');
        return { referenceId, httpStatusCode: 200, body: ofOrg ? rows({ Name: 'A', ...organization }) : rows() };
      });
      return Promise.resolve({ compositeResponse } as Body);
    },
    requestWithSecret: () => assert.fail('there is no secret'),
  };
  return { sf, imports };
}

const PRODUCTION = { OrganizationType: 'Enterprise Edition', IsSandbox: false, TrialExpirationDate: null };
const now = new Date('2026-11-21T00:00:00Z');

describe('sample data', () => {
  it('are refused in production, and nothing is imported', async () => {
    const { sf, imports } = scripted(PRODUCTION);
    await assert.rejects(seed(sf, now, { evenInProduction: false }), ProductionRefused);
    assert.deepEqual(imports, []);
  });

  for (const [where, organization, evenInProduction] of [
    ['production that was asked for', PRODUCTION, true],
    ['a sandbox', { ...PRODUCTION, IsSandbox: true }, false],
    ['a trial', { ...PRODUCTION, TrialExpirationDate: '2026-12-31T00:00:00.000+0000' }, false],
    ['a Developer Edition', { ...PRODUCTION, OrganizationType: 'Developer Edition' }, false],
  ] as const) {
    it(`go into ${where}`, async () => {
      const { sf, imports } = scripted(organization);
      assert.deepEqual(await seed(sf, now, { evenInProduction }), { created: 2 });
      assert.deepEqual(imports, ['data import tree']);
    });
  }
});
