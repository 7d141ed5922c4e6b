import { bookingRoundTrip } from './booking-round-trip.ts';
import { runQueries } from './queries.ts';
import type { Finding } from './report.ts';
import { SfError, type Sf } from './sf.ts';

export interface Smoke {
  findings: Finding[];
  /** What was not looked at, and why; the gate is not passed then. */
  notRun: string[];
}

const FLOWS = ['Training_Booking_Before_Save', 'Training_Booking_Sync'];

interface TestRun {
  summary?: { outcome?: string; testsRan?: number; failing?: number };
  tests?: { FullName?: string; Outcome?: string; Message?: string | null }[];
}

/** The gate after a deployment: Apex tests, active flows, one booking there and back. */
export async function smoke(sf: Sf, environment: NodeJS.ProcessEnv, now: Date): Promise<Smoke> {
  const notRun: string[] = [];
  const findings = [...(await apexTests(sf, notRun)), ...(await activeFlows(sf))];
  const url = environment['TRAINER_CONNECT_URL'];
  const key = environment['TRAINER_CONNECT_PORTAL_KEY'];
  const trainerEmail = environment['TRAINER_CONNECT_SMOKE_TRAINER'];
  if (url === undefined || key === undefined || trainerEmail === undefined) {
    const needed = 'TRAINER_CONNECT_URL, TRAINER_CONNECT_PORTAL_KEY and TRAINER_CONNECT_SMOKE_TRAINER (an e-mail)';
    notRun.push(`Booking round trip not run: set ${needed}.`);
  } else {
    findings.push(...(await bookingRoundTrip(sf, { url, key, trainerEmail }, now)));
  }
  return { findings, notRun };
}

async function apexTests(sf: Sf, notRun: string[]): Promise<Finding[]> {
  let run: TestRun;
  try {
    const command = ['apex', 'run', 'test', '--test-level', 'RunLocalTests', '--result-format', 'json'];
    run = await sf.run<TestRun>([...command, '--wait', '60']);
  } catch (error) {
    if (!(error instanceof SfError)) throw error;
    // Every org of the vendor has the resource that starts tests; only a stand-in answers that there is none.
    if (error.code === 'NOT_FOUND') {
      notRun.push('Apex tests not run: this org does not execute Apex.');
      return [];
    }
    if (error.result === undefined) throw error;
    run = error.result as TestRun;
  }
  const failed = (run.tests ?? []).filter(({ Outcome }) => Outcome !== 'Pass' && Outcome !== 'Skip');
  const ran = run.summary?.testsRan ?? run.tests?.length ?? 0;
  if (ran === 0) {
    return [{ level: 'error', what: 'The org ran no Apex test', remedy: 'deploy the package first' }];
  }
  if (failed.length === 0 && run.summary?.outcome === 'Passed') {
    return [{ level: 'info', what: `${ran} Apex tests passed` }];
  }
  return failed.map(({ FullName, Message }) => ({
    level: 'error',
    what: `Apex test ${FullName ?? ''} failed: ${Message ?? ''}`,
    remedy: 'do not let anybody book before it passes',
  }));
}

async function activeFlows(sf: Sf): Promise<Finding[]> {
  const names = FLOWS.map((name) => `'${name}'`).join(', ');
  const soql = `SELECT ApiName, IsActive FROM FlowDefinitionView WHERE ApiName IN (${names})`;
  const { flows } = await runQueries(sf, { flows: soql });
  if (flows instanceof SfError) {
    const remedy = 'run this as a user with View Setup and Configuration';
    return [{ level: 'error', what: `The flows could not be asked for: ${flows.message}`, remedy }];
  }
  return FLOWS.map((name): Finding => {
    const row = flows.records.find((one) => one['ApiName'] === name);
    if (row?.['IsActive'] === true) return { level: 'info', what: `Flow ${name} is active` };
    const what = row ? `Flow ${name} is not active` : `Flow ${name} is not there`;
    return { level: 'error', what, remedy: row ? 'activate it in Setup → Flows' : 'deploy the package first' };
  });
}
