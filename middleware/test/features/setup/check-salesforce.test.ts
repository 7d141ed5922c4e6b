import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { salesforceChecks } from '../../../src/features/setup/check-salesforce.ts';
import { NotRight } from '../../../src/features/setup/checks.ts';

const MIDDLEWARE_GROUP = /public group Trainer_Connect_Middleware/;

/** The step "Results can be written back" for a user who lacks these fields. */
function writeBack(lacking: readonly string[]) {
  const everything = { has: (field: string) => !lacking.includes(field) } as unknown as ReadonlySet<string>;
  const notAsked = () => Promise.reject(new Error('This step does not ask for it.'));
  const checks = salesforceChecks({
    records: {
      changeableFields: () => Promise.resolve(everything),
      query: notAsked,
      identity: notAsked,
      mailAllowance: notAsked,
    },
    orgId: '00D000000000001EAA',
    mailSender: undefined,
    recipients: [],
    templates: () => Promise.resolve([]),
  });
  return checks.find(({ name }) => name === 'Results can be written back') ?? assert.fail('no such step');
}

describe('Results can be written back', () => {
  it('names the fields that cannot be written, the permission set and the group', async () => {
    const step = writeBack(['Synced_Revision__c']);
    await assert.rejects(step.look(), (error) => {
      assert.ok(error instanceof NotRight);
      assert.match(error.message, /Training_Booking__c: Synced_Revision__c cannot be written/);
      return true;
    });
    assert.match(step.howTo, /Trainer_Connect_Integration/);
    assert.match(step.howTo, MIDDLEWARE_GROUP);
  });

  it('does not promise what sharing decides', async () => {
    assert.match(
      await writeBack([]).look(),
      /can be written\. Whether .* Trainer_Connect_Middleware was not looked at/,
    );
  });
});
