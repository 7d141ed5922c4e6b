import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, readConfig, type AcceptedFinding, type Finding } from '../checks/checker-config.ts';

const finding = (given: Partial<Finding>): Finding => ({
  rule: 'EmptyCatchBlock',
  file: 'force-app/main/default/classes/Booking.cls',
  line: 7,
  message: 'Avoid empty catch blocks',
  remedy: 'handle it',
  ...given,
});
const exception = (given: Partial<AcceptedFinding> = {}): AcceptedFinding => ({
  rule: 'EmptyCatchBlock',
  file: 'Booking.cls',
  reason: 'it says so above',
  ...given,
});

describe('exceptions of the checkers', () => {
  it('accept one rule in one file, and the words they name', () => {
    assert.deepEqual(problemsOf([finding({})], [exception()], 'pmd.json'), []);
    assert.deepEqual(problemsOf([finding({})], [exception({ about: 'empty catch' })], 'pmd.json'), []);
  });

  it('accept nothing of another file, rule or thing', () => {
    for (const other of [{ file: 'Other.cls' }, { rule: 'ApexCRUDViolation' }, { about: 'loop' }]) {
      const [first, second] = problemsOf([finding({})], [exception(other)], 'pmd.json');
      assert.equal(
        first,
        'force-app/main/default/classes/Booking.cls:7: EmptyCatchBlock: Avoid empty catch blocks: handle it',
      );
      assert.match(second ?? '', /^config\/pmd\.json:1: .* accepts nothing any more: remove it$/);
    }
  });

  it('and rules that are left out say why', () => {
    for (const name of ['flow-scan.json', 'pmd.json', 'slds-lint.json']) {
      const config = readConfig<{ leftOut: Record<string, string>; exceptions: AcceptedFinding[] }>(name);
      const reasons = [...Object.values(config.leftOut), ...config.exceptions.map(({ reason }) => reason)];
      assert.ok(reasons.length > 0, name);
      for (const reason of reasons) assert.ok(reason.split(' ').length >= 5, `${name}: "${reason}"`);
    }
  });
});
