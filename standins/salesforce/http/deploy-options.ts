import type { DeployOptions } from '../deploy/deploy-result.ts';
import { asText } from './soap.ts';

/** Options as JSON or as texts of SOAP. */
export function deployOptions(given: Record<string, unknown>): DeployOptions {
  const flag = (name: string, usual: boolean) => {
    const value = given[name];
    return value === undefined ? usual : value === true || asText(value) === 'true';
  };
  const tests = given['runTests'];
  const testLevel = asText(given['testLevel']);
  return {
    checkOnly: flag('checkOnly', false),
    rollbackOnError: flag('rollbackOnError', true),
    ...(testLevel === '' ? {} : { testLevel }),
    runTests: Array.isArray(tests) ? tests.map(asText) : tests === undefined ? [] : [asText(tests)],
  };
}
