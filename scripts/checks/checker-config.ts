import { readFileSync } from 'node:fs';
import path from 'node:path';
import { problem } from './metadata-files.ts';

/** A finding that is accepted, and why. */
export interface AcceptedFinding {
  rule: string;
  /** The end of the file's path. */
  file: string;
  /** Words of the finding, or the thing it is about; absent for all of that rule in the file. */
  about?: string;
  reason: string;
}

/** What a third party's checker says, before exceptions. */
export interface Finding {
  rule: string;
  file: string;
  line: number;
  message: string;
  remedy: string;
}

/** The configuration of a checker, from the repository's `config` folder. */
export function readConfig<Config>(name: string): Config {
  return JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../config', name), 'utf8')) as Config;
}

/** One line for each finding that is not accepted, and for each exception that accepts nothing any more. */
export function problemsOf(
  findings: readonly Finding[],
  exceptions: readonly AcceptedFinding[],
  name: string,
): string[] {
  const accepts = (exception: AcceptedFinding, finding: Finding) =>
    exception.rule === finding.rule &&
    finding.file.endsWith(exception.file) &&
    finding.message.includes(exception.about ?? '');
  return [
    ...findings
      .filter((finding) => !exceptions.some((exception) => accepts(exception, finding)))
      .map(({ rule, file, line, message, remedy }) => problem(file, line, `${rule}: ${message}`, remedy)),
    ...exceptions
      .filter((exception) => !findings.some((finding) => accepts(exception, finding)))
      .map((exception) =>
        problem(`config/${name}`, 1, `${exception.rule} of ${exception.file} accepts nothing any more`, 'remove it'),
      ),
  ];
}
