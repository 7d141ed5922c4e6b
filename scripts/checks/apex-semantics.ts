import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { problem } from './metadata-files.ts';

const JARS = path.resolve(
  import.meta.dirname,
  '../../node_modules/@salesforce/code-analyzer-pmd-engine/dist/java-lib/*',
);

interface Report {
  files: { path: string; messages: { start: { line: number }; category: string; message: string }[] }[];
}

/** Whether a Java that can run the compiler's stand-in answers. */
export function hasJava(): boolean {
  return spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Types, methods and objects of all classes, by apex-ls. It reads packages in the order of the project file, and fields
 * of an object that it has not met yet are errors to it: so the fresh org's package comes first.
 * @param root folder that holds `force-app`
 * @returns problems, each with file and line
 */
export function checkSemantics(root: string): string[] {
  // The type of a file follows from any folder above it, so the copy lies where no folder is called after one.
  const workspace = mkdtempSync(path.join(tmpdir(), 'check-apex-'));
  try {
    for (const folder of ['fresh-org/default/objects', 'main/default/objects', 'main/default/classes']) {
      const source = path.join(root, 'force-app', folder);
      if (existsSync(source)) cpSync(source, path.join(workspace, 'force-app', folder), { recursive: true });
    }
    const packageDirectories = [{ path: 'force-app/fresh-org' }, { path: 'force-app/main', default: true }];
    writeFileSync(
      path.join(workspace, 'sfdx-project.json'),
      JSON.stringify({ packageDirectories, sourceApiVersion: '65.0' }),
    );
    const { status, stdout, stderr } = spawnSync(
      'java',
      [
        '-cp',
        JARS,
        'io.github.apexdevtools.apexls.CheckForIssues',
        '-n',
        '-w',
        workspace,
        '-d',
        'errors',
        '-f',
        'json',
      ],
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    if (status === 0) return [];
    if (status !== 4) return [`apex-ls did not run: ${stderr.split('\n')[0] ?? ''}`];
    return (JSON.parse(stdout) as Report).files.flatMap((file) =>
      file.messages.map(({ start, category, message }) =>
        problem(
          path.relative(workspace, file.path),
          start.line,
          `${category}, ${message}`,
          'correct it: it would not compile',
        ),
      ),
    );
  } finally {
    rmSync(workspace, { recursive: true });
  }
}
