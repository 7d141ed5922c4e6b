import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createMovableClock, type MovableClock } from './kit/clock.ts';
import { startLark, type Lark, type LarkAccountOptions, type LarkOptions } from './lark/index.ts';
import { startLightning, type Lightning } from './lightning/index.ts';
import { CREDENTIAL } from './salesforce/apex/index.ts';
import { startLocalOrg, type LocalOrg, type LocalOrgOptions } from './salesforce/index.ts';

export interface StandinsOptions {
  /** Lightning's port; Salesforce is the next one, then Lark. Absent: free ports. */
  basePort?: number;
  /** Keeps the state over a restart; absent: in memory. */
  dataDirectory?: string;
  sample?: LocalOrgOptions['sample'];
  lark?: {
    /** People besides the sample trainers. */
    moreAccounts?: LarkAccountOptions[];
    limits?: NonNullable<LarkOptions['limits']>;
  };
  /** Where the browser comes back to; must be what the middleware sends. */
  redirectUri: string;
  /** Address and key of the middleware, as an administrator enters them in Setup; absent: Apex makes no callouts. */
  middleware?: { url: string; apiKey: string };
  /** Starts Lightning Experience too, for which the middleware must be known. Tests without pages do not pay for it. */
  lightning?: { watch: boolean };
}

export interface Standins {
  clock: MovableClock;
  salesforce: LocalOrg;
  lark: Lark;
  /** Where it was asked for. */
  lightning?: Lightning;
  /** The settings that point a middleware at these servers. */
  environment(): Record<string, string>;
  close(): Promise<void>;
}

const repository = path.resolve(import.meta.dirname, '..');

/** Starts the whole outside world on loopback, on one clock. */
export async function startStandins(options: StandinsOptions): Promise<Standins> {
  const clock = createMovableClock();
  const port = (offset: number) => (options.basePort === undefined ? {} : { port: options.basePort + offset });
  const file = (name: string) => {
    if (options.dataDirectory === undefined) return {};
    mkdirSync(options.dataDirectory, { recursive: true });
    return { file: path.join(options.dataDirectory, `${name}.sqlite`) };
  };
  const salesforce = await startLocalOrg({ clock, sample: options.sample ?? 'all', ...port(1), ...file('salesforce') });
  const lark = await startLark({
    clock,
    app: { id: LARK_APP.id, secret: LARK_APP.secret, redirectUris: [options.redirectUri] },
    accounts: [...larkAccounts(), ...(options.lark?.moreAccounts ?? [])],
    ...(options.lark?.limits === undefined ? {} : { limits: options.lark.limits }),
    ...port(2),
    ...file('lark'),
  });
  const { middleware } = options;
  if (middleware) salesforce.configureNamedCredential(CREDENTIAL, middleware);
  const lightning =
    options.lightning && middleware
      ? await startLightning({ clock, org: salesforce, middleware, ...options.lightning, ...port(0) })
      : undefined;
  return {
    clock,
    salesforce,
    lark,
    lightning,
    environment: () => ({
      SALESFORCE_LOGIN_URL: salesforce.url,
      SALESFORCE_ORG_ID: salesforce.orgId,
      SALESFORCE_CLIENT_ID: salesforce.clientId,
      SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
      LARK_APP_ID: LARK_APP.id,
      LARK_APP_SECRET: LARK_APP.secret,
      LARK_DOMAIN: lark.url,
      LARK_ACCOUNTS_DOMAIN: lark.url,
      LARK_OAUTH_REDIRECT_URI: options.redirectUri,
      CLOCK_URL: `${salesforce.url}/__standin/clock`,
      ...(lightning === undefined
        ? {}
        : { RETURN_URL_ORIGINS: `http://localhost:${lightning.port},http://127.0.0.1:${lightning.port}` }),
    }),
    close: async () => {
      await lightning?.close();
      await Promise.all([salesforce.close(), lark.close()]);
    },
  };
}

const LARK_APP = { id: 'cli_0ff11e0000000001', secret: 'offline-lark-app-secret' };

/** Every sample trainer has a Lark account with their work e-mail; one more belongs to nobody we know. */
function larkAccounts() {
  const trainers = JSON.parse(readFileSync(path.join(repository, 'data', 'trainers.json'), 'utf8')) as {
    records: { Name: string; Email__c: string }[];
  };
  return [
    ...trainers.records.map((trainer) => ({ name: trainer.Name, email: trainer.Email__c })),
    { name: 'Robin Elsewhere', email: 'robin@elsewhere.example' },
    { name: 'Sasha Without Mail' },
  ];
}
