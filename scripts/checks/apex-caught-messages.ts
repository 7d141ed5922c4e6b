import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, problem } from './metadata-files.ts';

/** What components are told is JSON around the sentence: in tests of controllers a message only contains its words. */
export function checkCaughtMessages(root: string): string[] {
  return filesBelow(root, '*/default/classes/*Test.cls').flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    const caught = text.matchAll(
      /catch \(AuraHandledException (\w+)\) \{[^{}]*?\b\1\.getMessage\(\)\.(startsWith|endsWith)\(/g,
    );
    return [...caught].map((found) => {
      const line = text.slice(0, found.index + found[0].length).split('\n').length;
      return problem(file, line, `the message of an AuraHandledException is JSON, not "${found[2]}"`, 'ask contains');
    });
  });
}
