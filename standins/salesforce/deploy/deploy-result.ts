import { keyOf, type Component } from '../metadata/component.ts';
import type { Problem } from './problem.ts';

export interface DeployOptions {
  checkOnly: boolean;
  /** False: what is right is deployed although something else is wrong. */
  rollbackOnError: boolean;
  testLevel?: string;
  runTests: readonly string[];
}

/** A deployment as the Metadata API answers it. */
export type DeployResult = Record<string, unknown> & { id: string; success: boolean; status: string };

export interface DeployedComponent {
  component: Component;
  change: 'created' | 'changed' | 'same';
}

export const NO_TESTS = 'No Apex test was run: this org does not execute Apex.';

export function deployResult(facts: {
  id: string;
  options: DeployOptions;
  root: string;
  user: { id: string; name: string };
  at: string;
  deployed: readonly DeployedComponent[];
  problems: readonly Problem[];
}): DeployResult {
  const { options, problems, deployed } = facts;
  const failed = new Map(problems.map((one) => [keyOf(one), one]));
  const successes = deployed.filter(({ component }) => !failed.has(keyOf(component)));
  const partly = problems.length > 0 && !options.rollbackOnError && successes.length > 0;
  const status = problems.length === 0 ? 'Succeeded' : partly ? 'SucceededPartial' : 'Failed';
  const asked = options.testLevel !== undefined && options.testLevel !== 'NoTestRun';
  return {
    id: facts.id,
    checkOnly: options.checkOnly,
    completedDate: facts.at,
    createdBy: facts.user.id,
    createdByName: facts.user.name,
    createdDate: facts.at,
    details: {
      componentFailures: problems.map((problem) => failure(facts, problem)),
      componentSuccesses: [
        ...successes.map((one) => success(facts, one)),
        { ...always(facts, 'package.xml'), componentType: '', fullName: 'package.xml', changed: false, success: true },
      ],
      runTestResult: {
        numFailures: 0,
        numTestsRun: 0,
        totalTime: 0,
        ...(asked ? { codeCoverageWarnings: [{ id: null, message: NO_TESTS, name: null, namespace: null }] } : {}),
      },
    },
    done: true,
    ignoreWarnings: false,
    lastModifiedDate: facts.at,
    numberComponentErrors: failed.size,
    numberComponentsDeployed: successes.length,
    numberComponentsTotal: successes.length + failed.size,
    numberTestErrors: 0,
    numberTestsCompleted: 0,
    numberTestsTotal: 0,
    rollbackOnError: options.rollbackOnError,
    runTestsEnabled: asked,
    startDate: facts.at,
    status,
    success: status !== 'Failed',
  };
}

function always(facts: { root: string; at: string }, file: string) {
  return { created: false, createdDate: facts.at, deleted: false, fileName: facts.root + file };
}

function success(facts: { root: string; at: string }, { component, change }: DeployedComponent) {
  return {
    ...always(facts, component.file),
    changed: change !== 'same',
    componentType: component.type,
    created: change === 'created',
    fullName: component.name,
    success: true,
  };
}

function failure(facts: { root: string; at: string }, { type, name, file, line, problem }: Problem) {
  return {
    ...always(facts, file),
    changed: false,
    columnNumber: 1,
    componentType: type,
    fullName: name,
    lineNumber: line,
    problem,
    problemType: 'Error',
    success: false,
  };
}
