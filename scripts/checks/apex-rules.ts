import { CodeAnalyzer, CodeAnalyzerConfig } from '@salesforce/code-analyzer-core';
import { createEnginePlugin } from '@salesforce/code-analyzer-pmd-engine';
import path from 'node:path';
import { problemsOf, readConfig, type AcceptedFinding } from './checker-config.ts';
import { filesBelow } from './metadata-files.ts';

interface PmdConfig {
  /** Groups of rules that are asked. */
  tags: string[];
  /** Rules of these groups that are not asked, and why. */
  leftOut: Record<string, string>;
  exceptions: AcceptedFinding[];
}

const CONFIG = 'pmd.json';
const ENGINE = 'pmd';

/** PMD's rules for Apex, which need Java: what they find in the classes below `root`. */
export async function checkApexRules(root: string): Promise<string[]> {
  const config = readConfig<PmdConfig>(CONFIG);
  const analyzer = new CodeAnalyzer(CodeAnalyzerConfig.withDefaults());
  await analyzer.addEnginePlugin(createEnginePlugin());
  if (!analyzer.getEngineNames().includes(ENGINE)) throw new Error('PMD did not start: is Java 17 in the path?');
  const files = filesBelow(root, '**/*.{cls,trigger}').map((file) => path.join(root, file));
  const workspace = await analyzer.createWorkspace(files);

  const all = (await analyzer.selectRules([ENGINE], { workspace })).getRulesFor(ENGINE);
  const asked = all.filter((rule) => config.tags.some((tag) => rule.getTags().includes(tag)));
  const names = asked.map((rule) => rule.getName());
  const gone = Object.keys(config.leftOut)
    .filter((name) => !names.includes(name))
    .map((name) => `config/${CONFIG}:1: the rule ${name} does not exist: remove it`);
  const selectors = names.filter((name) => !(name in config.leftOut)).map((name) => `${ENGINE}:${name}`);
  const results = await analyzer.run(await analyzer.selectRules(selectors, { workspace }), { workspace });
  const findings = results.getViolations().map((violation) => {
    const place = violation.getPrimaryLocation();
    return {
      rule: violation.getRule().getName(),
      file: path.relative(root, place.getFile() ?? root),
      line: place.getStartLine() ?? 1,
      message: sentence(violation.getMessage()),
      remedy: sentence(violation.getRule().getDescription()),
    };
  });
  return [...gone, ...problemsOf(findings, config.exceptions, CONFIG)];
}

/** The first sentence, on one line. */
function sentence(text: string): string {
  return text.replace(/\s+/g, ' ').trim().split(/\.\s/)[0]?.replace(/\.$/, '') ?? text;
}
