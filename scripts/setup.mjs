// Runs before every command, on any Node from 18 on: installs what package-lock.json names, only when it changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const marker = path.join(modules, '.installed-lock');
const wanted = createHash('sha256')
  .update(readFileSync(path.join(root, 'package-lock.json')))
  .digest('hex');

if (process.argv.includes('--mark')) {
  // npm's postinstall: what is installed now belongs to this lock file.
  if (existsSync(modules)) writeFileSync(marker, wanted);
} else if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
  console.log('Installing the dependencies (about a minute the first time) ...');
  const startedAt = Date.now();
  const npm = process.env.npm_execpath;
  const result = npm
    ? spawnSync(process.execPath, [npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: root,
        stdio: 'inherit',
      })
    : spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: root,
        stdio: 'inherit',
        shell: true,
      });
  if (result.status !== 0) {
    console.error('The installation failed. Is the npm registry reachable? Run "npm ci" to see everything it says.');
    process.exit(1);
  }
  writeFileSync(marker, wanted);
  console.log(`Installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
}
