import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import JSZip from 'jszip';
import type { LocalOrg } from '../../index.ts';
import { VERSION } from '../support.ts';

export const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');
export const FORCE_APP = path.join(REPOSITORY, 'force-app');
export const CUSTOMER_ORG = path.join(import.meta.dirname, 'customer-org');
/** Whom an org has that nothing was deployed to. */
export const SETUP = 'setup@trainer-connect.example';

const CLI = path.join(REPOSITORY, 'node_modules/@salesforce/cli/bin/run.js');

export interface CliAnswer {
  status: number;
  result: Record<string, unknown>;
  message?: string;
}

/** The unmodified CLI with a home of its own, working in the repository. */
export function createCli(): {
  run(args: readonly string[], env?: Record<string, string>): Promise<CliAnswer>;
  folder: string;
  remove(): void;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'sf-cli-'));
  mkdirSync(path.join(folder, 'home'));
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    run: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [CLI, ...args, '--json'], {
          cwd: REPOSITORY,
          env: {
            PATH: process.env['PATH'],
            HOME: path.join(folder, 'home'),
            TRAINER_CONNECT_URL: 'https://trainer-connect.example.org',
            SF_DISABLE_TELEMETRY: 'true',
            SF_AUTOUPDATE_DISABLE: 'true',
            SF_SKIP_NEW_VERSION_CHECK: 'true',
            SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
            ...env,
          },
        });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.once('error', reject);
        child.once('close', () => {
          try {
            resolve(JSON.parse(output.slice(output.indexOf('{'))) as CliAnswer);
          } catch {
            reject(new Error(`sf ${args.join(' ')} answered: ${output.slice(0, 2_000)}`));
          }
        });
      }),
  };
}

/** Files of a package in the layout of the Metadata API, by place. */
export type PackageFiles = Map<string, string | Buffer>;

export function readPackageFiles(folder: string): PackageFiles {
  const files: PackageFiles = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const place = path.join(entry.parentPath, entry.name);
    files.set(path.relative(folder, place), readFileSync(place));
  }
  return files;
}

export interface Failure {
  componentType: string;
  fullName: string;
  fileName: string;
  lineNumber: number;
  problem: string;
}

export interface DeployAnswer {
  status: string;
  success: boolean;
  checkOnly: boolean;
  numberComponentsDeployed: number;
  numberTestsTotal: number;
  details: {
    componentFailures: Failure[];
    componentSuccesses: { componentType: string; fullName: string; changed: boolean; created: boolean }[];
    runTestResult: { codeCoverageWarnings?: { message: string }[] };
  };
}

/** Posts a package to the REST form of the Metadata API. */
export async function deployFiles(
  org: LocalOrg,
  files: PackageFiles,
  options: Record<string, unknown> = {},
  username = SETUP,
): Promise<DeployAnswer> {
  const zip = new JSZip();
  for (const [place, content] of files) zip.file(`unpackaged/${place}`, content);
  const form = new FormData();
  const json = JSON.stringify({ deployOptions: { checkOnly: false, rollbackOnError: true, ...options } });
  form.append('entity_content', new Blob([json], { type: 'application/json' }));
  form.append('file', new Blob([await zip.generateAsync({ type: 'arraybuffer' })]), 'package.zip');
  const response = await fetch(`${org.url}/services/data/v${VERSION}/metadata/deployRequest`, {
    method: 'POST',
    headers: { authorization: `Bearer ${org.sessionFor(username)}` },
    body: form,
  });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { deployResult: DeployAnswer }).deployResult;
}

/** A package of these files alone, with the manifest that names them. */
export function smallPackage(members: Record<string, string[]>, files: Record<string, string>): PackageFiles {
  const types = Object.entries(members).map(
    ([type, names]) =>
      `<types>${names.map((name) => `<members>${name}</members>`).join('')}<name>${type}</name></types>`,
  );
  const manifest = `<Package xmlns="http://soap.sforce.com/2006/04/metadata">${types.join('')}<version>65.0</version></Package>`;
  return new Map(Object.entries({ ...files, 'package.xml': manifest }));
}

/** A custom object in the layout of the Metadata API. */
export function objectFile(label: string, inner = ''): string {
  return `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><deploymentStatus>Deployed</deploymentStatus><label>${label}</label><nameField><label>Name</label><type>Text</type></nameField><pluralLabel>${label}s</pluralLabel><sharingModel>ReadWrite</sharingModel>${inner}</CustomObject>`;
}

export function fieldElement(name: string, inner: string): string {
  return `<fields><fullName>${name}</fullName><label>${name}</label>${inner}</fields>`;
}
