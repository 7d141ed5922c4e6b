import process from 'node:process';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** `--target-org` (or sf's own SF_TARGET_ORG) and what a command adds. @throws Error saying what is missing */
export function readArguments(more: ParseArgsOptionsConfig): {
  targetOrg: string;
  values: Record<string, string | boolean | (string | boolean)[] | undefined>;
} {
  const { values } = parseArgs({ options: { 'target-org': { type: 'string', short: 'o' }, ...more } });
  const given = values as Record<string, string | boolean | (string | boolean)[] | undefined>;
  const targetOrg = given['target-org'] ?? process.env['SF_TARGET_ORG'];
  if (typeof targetOrg !== 'string' || targetOrg === '') {
    throw new Error('--target-org is missing: the alias or username with which you logged in ("sf org list" shows it)');
  }
  return { targetOrg, values: given };
}
