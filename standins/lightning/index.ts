import path from 'node:path';
import type { MovableClock } from '../kit/clock.ts';
import { startStandin, type Standin } from '../kit/standin.ts';
import { createApexTwins } from '../salesforce/apex/index.ts';
import { INTEGRATION_USER, type LocalOrg } from '../salesforce/index.ts';
import { createPageBuild } from './build/page-build.ts';
import { placedComponents, readPageMetadata } from './metadata/index.ts';
import { createOrgClients } from './org/org-client.ts';
import { readUsers } from './org/read-users.ts';
import { addApexRoutes, type Apex } from './routes/apex-routes.ts';
import { addDataRoutes } from './routes/data-routes.ts';
import { addFileRoutes } from './routes/file-routes.ts';
import { addPageRoutes } from './routes/page-routes.ts';
import { BadRequest } from './routes/read-json.ts';

export interface LightningOptions {
  /** 0 or absent picks a free port. */
  port?: number;
  clock: MovableClock;
  org: LocalOrg;
  /** What Setup holds in the Named Credential; read when Apex is called first. */
  middleware: { url: string; apiKey: string };
  /** Runs Apex; default: the twins of the package's classes. */
  apex?: Apex;
  /** Package folder with the pages; default: the repository's `force-app/main/default`. */
  metadata?: string;
  /** Keeps builds over a restart; default: below `node_modules/.cache`. */
  cacheDirectory?: string;
  /** Builds again when a source changes, and has the open pages load themselves again. */
  watch?: boolean;
}

export interface Lightning extends Standin {
  /** Resolves when the pages are built, rejects with `BuildFailed`. */
  built(): Promise<void>;
}

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** Whoever edits the package sees it a moment later. */
const EDITED_AFTER_MS = 500;

/** Reads again when what was read is older than that. */
function remembered<T>(read: () => T, milliseconds: number): () => T {
  let known: { value: T; at: number } | undefined;
  return () => {
    if (known === undefined || performance.now() - known.at > milliseconds) {
      known = { value: read(), at: performance.now() };
    }
    return known.value;
  };
}

/** Starts Lightning Experience: the package's own pages and components on the data of the local org. */
export async function startLightning(options: LightningOptions): Promise<Lightning> {
  const root = options.metadata ?? path.join(REPOSITORY, 'force-app/main/default');
  const metadata = remembered(() => readPageMetadata(root), options.watch === true ? EDITED_AFTER_MS : Infinity);
  const { org } = options;
  let twins = options.apex;
  const clientOf = createOrgClients(org);
  const everybody = clientOf(INTEGRATION_USER);
  const deps = {
    metadata,
    clientOf,
    everybody,
    users: () => readUsers(everybody, metadata(), (username) => org.permissionSetsOf(username)),
    watch: options.watch ?? false,
    apex: () => (twins ??= createApexTwins({ org, middleware: options.middleware })),
  };
  const build = createPageBuild({
    sources: () => ({ root, components: placedComponents(metadata()) }),
    cacheDirectory: options.cacheDirectory ?? path.join(REPOSITORY, 'node_modules/.cache/trainer-connect-lightning'),
    watch: deps.watch,
  });
  try {
    const standin = await startStandin({
      name: 'lightning',
      port: options.port ?? 0,
      clock: options.clock,
      routes: (app) => {
        addPageRoutes(app, deps);
        addDataRoutes(app, deps);
        addApexRoutes(app, deps);
        addFileRoutes(app, build);
      },
      notFound: (request, response) => {
        response.status(404).json({ message: `There is nothing at ${request.path}.` });
      },
      failed: (error, _request, response) => {
        const message = error instanceof Error ? error.message : String(error);
        response.status(error instanceof BadRequest ? 400 : 500).json({ message });
      },
      close: () => build.close(),
    });
    // Whoever watches sources looks at the pages soon.
    if (deps.watch) build.folder().catch(() => undefined);
    return { ...standin, built: async () => void (await build.folder()) };
  } catch (error) {
    build.close();
    throw error;
  }
}
