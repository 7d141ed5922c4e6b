// npm run check:flows: the flows by the rules of lightning-flow-scanner, as far as config/flow-scan.json takes them.
import path from 'node:path';
import process from 'node:process';
import { scanFlows } from './checks/flow-scan.ts';

if (import.meta.main) {
  const problems = await scanFlows(path.resolve(import.meta.dirname, '..'));
  for (const line of problems) console.error(line);
  if (problems.length === 0) console.log('The flows are clean.');
  process.exitCode = problems.length === 0 ? 0 : 1;
}
