import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { lintSlds } from '../checks/slds-lint.ts';
import { assertFound, seededCopy, type Fault } from './seeded-faults.ts';

const GRID = 'main/default/lwc/weekGrid/weekGrid';

const faults: Fault[] = [
  {
    name: 'a class of the design system that is overridden',
    file: `${GRID}.css`,
    from: '.week {',
    to: '.slds-button {\n  margin: 0;\n}\n\n.week {',
    at: '.slds-button {',
    says: /no-slds-class-overrides: Overriding .slds-button/,
  },
  {
    name: 'a static value that has a hook',
    file: 'main/default/lwc/modalActions/modalActions.css',
    from: 'var(--slds-g-sizing-9, 2rem)',
    to: '2rem',
    at: 'width: 2rem',
    says: /no-hardcoded-values-slds2: a static 2rem: write var\(--slds-g-sizing-9, 2rem\)/,
  },
  {
    name: 'a hook of ours in the namespace of the design system',
    file: 'main/default/lwc/reassignModal/reassignModal.css',
    from: 'padding: var(--slds-g-spacing-2, 0.5rem)',
    to: '--slds-c-list-spacing: 0.5rem',
    at: '--slds-c-list-spacing',
    says: /no-slds-namespace-for-custom-hooks: .*: Create the custom styling hook in your namespace/,
  },
  {
    name: 'a class in a template that is gone',
    file: 'main/default/lwc/bookTraining/bookTraining.html',
    from: '<template>',
    to: '<template>\n  <span class="slds-button--neutral"></span>',
    at: 'slds-button--neutral',
    says: /slds-button--neutral/,
  },
];

describe("the design system's linter", () => {
  const copy = seededCopy(faults);
  after(() => copy[Symbol.dispose]());
  const problems = lintSlds(copy.root);

  for (const fault of faults) it(`finds ${fault.name}`, () => assertFound(problems, copy.root, fault));

  it('finds nothing else', () => {
    const seeded = faults.map(({ file }) => `force-app/${file}`);
    assert.deepEqual(
      problems.filter((problem) => !seeded.some((file) => problem.startsWith(`${file}:`))),
      [],
    );
  });
});
