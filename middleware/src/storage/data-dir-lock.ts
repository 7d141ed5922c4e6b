import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/**
 * Refuses a second live process on one data directory. PGlite has no lock of its own: two processes that open the same
 * directory both succeed and one of them loses what it wrote. The lock is a pid file beside the directory, because the
 * inside belongs to PGlite; a lock whose process is dead (after `kill -9`) is taken over.
 */
export function lockDataDirectory(directory: string): { release: () => void } {
  mkdirSync(directory, { recursive: true });
  const file = `${directory.replace(/\/+$/, '')}.lock`;
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number(readFileSync(file, 'utf8'));
      if (owner > 0 && owner !== process.pid && isAlive(owner)) {
        throw new Error(`The data directory ${directory} is in use by process ${owner}. Stop it, or set DATA_DIR.`, {
          cause: error,
        });
      }
      rmSync(file, { force: true });
    }
  }
  throw new Error(`Could not take the lock of the data directory ${directory}.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
