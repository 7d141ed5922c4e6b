import { appendFileSync } from 'node:fs';
import process from 'node:process';

export type Figures = Record<string, number | string>;

/** Prints the figures of a proof, and leaves them for the table at the end of `npm run proof`. */
export function report(proof: string, figures: Figures): void {
  for (const [name, value] of Object.entries(figures)) say(`${name}: ${value}`);
  const file = process.env['PROOF_FIGURES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ proof, figures })}\n`);
}

/** A line while it goes on. */
export function say(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
