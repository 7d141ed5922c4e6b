import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { problemsOf, readConfig, type AcceptedFinding } from './checker-config.ts';

interface SldsConfig {
  /** Beginnings of messages that nothing can be done about, and why. */
  leftOut: Record<string, string>;
  exceptions: AcceptedFinding[];
}

const CONFIG = 'slds-lint.json';
const LINTER = path.resolve(import.meta.dirname, '../../node_modules/@salesforce-ux/slds-linter/build/index.js');

interface Sarif {
  runs: {
    results: {
      ruleId: string;
      message: { text: string };
      locations: {
        physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
      }[];
    }[];
  }[];
}

/** Style sheets and templates of the Lightning components, by the linter of the design system. */
export function lintSlds(root: string): string[] {
  const config = readConfig<SldsConfig>(CONFIG);
  const findings = (reportOf(root).runs[0]?.results ?? []).map(({ ruleId, message, locations }) => {
    const place = locations[0]?.physicalLocation;
    const file = place?.artifactLocation.uri ?? 'force-app';
    return { rule: ruleId, file, line: place?.region.startLine ?? 1, ...wordsOf(message.text) };
  });
  const left = Object.keys(config.leftOut);
  return problemsOf(
    findings.filter(({ message }) => !left.some((start) => message.startsWith(start))),
    config.exceptions,
    CONFIG,
  );
}

/** In a process of its own: the linter only looks below the folder that it is started in. */
function reportOf(root: string): Sarif {
  const folder = mkdtempSync(path.join(tmpdir(), 'slds-'));
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      [LINTER, 'report', 'force-app', '--output', folder, '--format', 'sarif'],
      { cwd: root, encoding: 'utf8' },
    );
    const [report] = globSync('*.sarif', { cwd: folder });
    if (report === undefined) throw new Error(`slds-linter ended with ${status} and no report: ${stderr}`);
    return JSON.parse(readFileSync(path.join(folder, report), 'utf8')) as Sarif;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Some messages are JSON with suggestions, some end in the name of their rule. */
function wordsOf(given: string): { message: string; remedy: string } {
  const json = /^\{.*\}/s.exec(given)?.[0];
  const text = json === undefined ? given : (JSON.parse(json) as { message: string }).message;
  const line = text.replace(/\s+/g, ' ').replace(/\s*\([\w/-]+\)\.?$/, '');
  const [, value, hook] = /^Consider replacing the (.+) static value .*?(--[\w-]+)/.exec(line) ?? [];
  if (value !== undefined) return { message: `a static ${value}`, remedy: `write var(${hook}, ${value})` };
  const [message = line, ...remedy] = line.split(/\.\s/);
  return { message, remedy: remedy.join('. ').replace(/\.$/, '') || 'use what the design system offers' };
}
