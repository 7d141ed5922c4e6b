import scanner, { type IRulesConfig } from 'lightning-flow-scanner-core';
import path from 'node:path';
import { problemsOf, readConfig, type AcceptedFinding, type Finding } from './checker-config.ts';
import { filesBelow, readPackage, type MetadataFile } from './metadata-files.ts';

interface FlowScanConfig {
  rules: IRulesConfig['rules'] & Record<string, unknown>;
  /** Rules that are not asked, and why. */
  leftOut: Record<string, string>;
  exceptions: AcceptedFinding[];
}

const CONFIG = 'flow-scan.json';

/** Every finding of the configured rules; a rule that the scanner or the configuration does not know is one, too. */
export async function scanFlows(root: string): Promise<string[]> {
  const config = readConfig<FlowScanConfig>(CONFIG);
  const known = [...scanner.getRules(), ...scanner.getBetaRules()].map(({ name }) => name);
  const named = [...Object.keys(config.rules), ...Object.keys(config.leftOut)];
  const differences = [
    ...known
      .filter((name) => !named.includes(name))
      .map((name) => `config/${CONFIG}:1: the rule ${name} is not decided: add it to rules or leftOut`),
    ...named
      .filter((name) => !known.includes(name))
      .map((name) => `config/${CONFIG}:1: the rule ${name} does not exist: remove it`),
  ];
  const files = filesBelow(root, '**/*.flow-meta.xml');
  const sources = new Map(
    readPackage(root)
      .of('flow')
      .map((flow) => [flow.name, flow]),
  );
  const parsed = await scanner.parse(files.map((file) => path.join(root, file)));
  const findings = scanner.scan(parsed, { rules: config.rules }).flatMap(({ flow, ruleResults }) => {
    const source = sources.get(flow.name ?? '');
    return ruleResults
      .filter(({ occurs }) => occurs)
      .flatMap(({ ruleName, ruleDefinition, details }) =>
        details.map((detail): Finding => ({
          rule: ruleName,
          file: source?.file ?? `the flow ${flow.name ?? ''}`,
          line: source ? lineOf(source, detail) : 1,
          message: `${detail.type} ${detail.name}`,
          remedy: ruleDefinition.description.split('. ')[0] ?? ruleDefinition.label,
        })),
      );
  });
  return [...differences, ...problemsOf(findings, config.exceptions, CONFIG)];
}

/** Of the name of that element, of the attribute of that type, or of the root. */
function lineOf({ root }: MetadataFile, found: { name: string; type: string }): number {
  const element = root.children.find((child) => child.textOf('name') === found.name);
  return (element?.first('name') ?? root.first(found.type) ?? root).line;
}
