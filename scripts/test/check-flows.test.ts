import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { scanFlows } from '../checks/flow-scan.ts';
import { assertFound, seededCopy, type Fault } from './seeded-faults.ts';

const FLOW = (name: string) => `main/default/flows/Training_Booking_${name}.flow-meta.xml`;

const faults: Fault[] = [
  {
    name: 'a flow that is not active',
    file: FLOW('Before_Save'),
    from: '<status>Active',
    to: '<status>Draft',
    at: '<status>Draft',
    says: /InactiveFlow: status/,
  },
  {
    name: 'a variable that nothing uses',
    file: FLOW('Before_Save'),
    from: '<variables>',
    to: '<variables><name>Nobody_Asks</name><dataType>String</dataType><isCollection>false</isCollection><isInput>false</isInput><isOutput>false</isOutput></variables>\n    <variables>',
    at: 'Nobody_Asks',
    says: /UnusedVariable: \w+ Nobody_Asks/,
  },
  {
    name: 'an assignment that nothing leads to',
    file: FLOW('Before_Save'),
    from: '<targetReference>Raise_Revision',
    to: '<targetReference>Keep_Typed_Link',
    at: '<name>Raise_Revision',
    says: /UnconnectedElement: assignments Raise_Revision/,
  },
  {
    name: 'a flow of an older version',
    file: FLOW('Sync'),
    from: '<apiVersion>65.0',
    to: '<apiVersion>58.0',
    at: '<apiVersion>',
    says: /APIVersion: apiVersion 58/,
  },
];

describe('the scan of flows', () => {
  const copy = seededCopy(faults);
  after(() => copy[Symbol.dispose]());
  const problems = scanFlows(copy.root);

  for (const fault of faults) it(`finds ${fault.name}`, async () => assertFound(await problems, copy.root, fault));

  it('finds nothing else', async () => {
    const others = (await problems).filter((problem) => !faults.some(({ says }) => says.test(problem)));
    assert.deepEqual(others, []);
  });
});
