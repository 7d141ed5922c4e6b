import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { toLongId } from './core/salesforce-id.ts';
import { parseApiKeys } from './http/api-keys.ts';

/** Everything that is wrong with the environment, all at once. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type Config = ReturnType<typeof toConfig>;

/** Reads the process's environment. The only place that does. */
export function readEnvironment(): Environment {
  return process.env;
}

/** Names from the plan documents that we do not use, and what to use instead. */
const renamed: Record<string, string> = {
  SALESFORCE_PASSWORD: 'SALESFORCE_AUTH=jwt with SALESFORCE_PRIVATE_KEY, or client_credentials (no passwords)',
  SALESFORCE_SECURITY_TOKEN: 'SALESFORCE_AUTH=jwt with SALESFORCE_PRIVATE_KEY, or client_credentials',
  SALESFORCE_INSTANCE_URL: 'SALESFORCE_LOGIN_URL',
  ENCRYPTION_KEY: 'ENCRYPTION_SECRET (64 hex characters; npm run generate-key)',
  LARK_REDIRECT_URI: 'LARK_OAUTH_REDIRECT_URI',
  APP_ID: 'LARK_APP_ID',
  APP_SECRET: 'LARK_APP_SECRET',
  LARK_BASE_URL: 'LARK_DOMAIN',
  API_KEY: 'API_KEYS',
  ADMIN_API_KEY: 'API_KEYS with the scope admin',
  GOOGLE_CALLBACK_URL: 'GOOGLE_REDIRECT_URI',
  OUTLOOK_CLIENT_ID: 'MICROSOFT_CLIENT_ID',
  OUTLOOK_CLIENT_SECRET: 'MICROSOFT_CLIENT_SECRET',
};

/** Read with later parts of the product: an operator who sets one of them learns that it has no effect yet. */
const notUsedYet = [
  ...['METRICS_PORT', 'LARK_VERIFICATION_TOKEN', 'LARK_ENCRYPT_KEY', 'LARK_BOT_TRANSPORT'],
  ...['LARK_AILY_APP_ID', 'LARK_AILY_SKILL_ID', 'LARK_USER_ACCESS_TOKEN'],
  ...['WEBSOCKET_MAX_RECONNECT_RETRIES', 'WEBSOCKET_HEARTBEAT_INTERVAL', 'WEBSOCKET_FALLBACK_TO_HTTP'],
  ...['USER_INFO_SYNC_ENABLED', 'USER_INFO_SYNC_SCHEDULE'],
  ...['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GOOGLE_REDIRECT_URI'],
  ...['GOOGLE_AUTH_URL', 'GOOGLE_TOKEN_URL', 'GOOGLE_API_URL'],
  ...['MICROSOFT_CLIENT_ID', 'MICROSOFT_CLIENT_SECRET', 'MICROSOFT_REDIRECT_URI'],
  ...['MICROSOFT_AUTHORITY', 'MICROSOFT_GRAPH_URL'],
  ...['CALENDLY_CLIENT_ID', 'CALENDLY_CLIENT_SECRET', 'CALENDLY_REDIRECT_URI'],
  ...['CALENDLY_AUTH_URL', 'CALENDLY_API_URL', 'CALENDLY_WEBHOOK_SIGNING_KEY'],
  'DEBUG',
];

/** Settings that somebody set, that are right, and that nothing reads in this version. */
export function unusedSettings(environment: Environment): string[] {
  return notUsedYet.filter((name) => environment[name]?.trim());
}

const text = z.string().trim();
const optional = text.optional();
const origin = text.refine(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  'is not an http(s) URL',
);
/** Paths are added to it. */
const host = origin.refine((value) => {
  const { pathname, search, hash } = URL.canParse(value) ? new URL(value) : { pathname: '/', search: '', hash: '' };
  return pathname + search + hash === '/';
}, 'must end at the host, as in https://open.larksuite.com');
const flag = (byDefault: boolean) =>
  z
    .enum(['true', 'false'], 'must be true or false')
    .default(byDefault ? 'true' : 'false')
    .transform((value) => value === 'true');
const whole = (byDefault: number, min: number, max: number) =>
  text
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max}`)
    .default(byDefault);
const list = (byDefault: string[]) =>
  text
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .default(byDefault);
const hexKey = text.regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal characters (npm run generate-key)');

const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
  PORT: whole(3000, 0, 65_535),
  METRICS_PORT: whole(0, 0, 65_535),
  PUBLIC_URL: origin,
  RETURN_URL_ORIGINS: list([]),
  TRUSTED_PROXIES: list([]),
  DATABASE_URL: optional,
  DATA_DIR: text.default('.data'),
  ALLOW_EMBEDDED_DATABASE: flag(false),
  ENCRYPTION_SECRET: hexKey,
  ENCRYPTION_PREVIOUS_SECRETS: list([]).pipe(z.array(hexKey)),
  API_KEYS: text.transform(parseApiKeys),
  CRON_SECRET: text.min(16, 'must have at least 16 characters'),
  LARK_OAUTH_STATE_SECRET: text.min(16, 'must have at least 16 characters'),
  SALESFORCE_LOGIN_URL: origin,
  SALESFORCE_ORG_ID: text.transform((value, context) => {
    const id = toLongId(value);
    if (id?.startsWith('00D') === true) return id;
    context.addIssue({ code: 'custom', message: 'is not the id of an org (00D…, 15 or 18 characters)' });
    return z.NEVER;
  }),
  SALESFORCE_AUTH: z.enum(['jwt', 'client_credentials'], 'must be jwt or client_credentials'),
  SALESFORCE_CLIENT_ID: text,
  SALESFORCE_CLIENT_SECRET: optional,
  SALESFORCE_USERNAME: optional,
  SALESFORCE_PRIVATE_KEY: optional,
  MAIL_SENDER: z.email('is not an e-mail address').optional(),
  ALERT_RECIPIENTS: list([]).pipe(z.array(z.email('is not an e-mail address'))),
  LARK_APP_ID: optional,
  LARK_APP_SECRET: optional,
  LARK_DOMAIN: host.default('https://open.larksuite.com'),
  LARK_ACCOUNTS_DOMAIN: host.default('https://accounts.larksuite.com'),
  LARK_TOKEN_URL: origin.optional(),
  LARK_OAUTH_REDIRECT_URI: origin.optional(),
  LARK_VERIFICATION_TOKEN: optional,
  LARK_ENCRYPT_KEY: optional,
  LARK_TENANT_KEY: optional,
  LARK_BOT_TRANSPORT: z.enum(['websocket', 'webhook', 'off']).default('off'),
  LARK_MEETING: z.enum(['auto', 'reservation', 'calendar']).default('auto'),
  LARK_REQUESTS_PER_SECOND: whole(50, 1, 10_000),
  LARK_REQUESTS_PER_MINUTE: whole(1000, 1, 100_000),
  LARK_AILY_APP_ID: optional,
  LARK_AILY_SKILL_ID: optional,
  WEBSOCKET_MAX_RECONNECT_RETRIES: whole(10, 0, 1000),
  WEBSOCKET_HEARTBEAT_INTERVAL: whole(30, 1, 3600),
  WEBSOCKET_FALLBACK_TO_HTTP: flag(true),
  USER_INFO_SYNC_ENABLED: flag(false),
  USER_INFO_SYNC_SCHEDULE: text.default('0 3 * * *'),
  LARK_USER_ACCESS_TOKEN: optional,
  MOCK_LARK_BOOKING: flag(false),
  MOCK_LARK_BUSY: flag(false),
  GOOGLE_CLIENT_ID: optional,
  GOOGLE_CLIENT_SECRET: optional,
  GOOGLE_REDIRECT_URI: origin.optional(),
  GOOGLE_AUTH_URL: origin.default('https://accounts.google.com/o/oauth2/v2/auth'),
  GOOGLE_TOKEN_URL: origin.default('https://oauth2.googleapis.com/token'),
  GOOGLE_API_URL: origin.default('https://www.googleapis.com'),
  MICROSOFT_CLIENT_ID: optional,
  MICROSOFT_CLIENT_SECRET: optional,
  MICROSOFT_REDIRECT_URI: origin.optional(),
  MICROSOFT_AUTHORITY: origin.default('https://login.microsoftonline.com/common/v2.0'),
  MICROSOFT_GRAPH_URL: origin.default('https://graph.microsoft.com/v1.0'),
  CALENDLY_CLIENT_ID: optional,
  CALENDLY_CLIENT_SECRET: optional,
  CALENDLY_REDIRECT_URI: origin.optional(),
  CALENDLY_AUTH_URL: origin.default('https://auth.calendly.com'),
  CALENDLY_API_URL: origin.default('https://api.calendly.com'),
  CALENDLY_WEBHOOK_SIGNING_KEY: optional,
  SLOT_MINUTES: whole(60, 5, 720),
  SLOT_STEP_MINUTES: whole(30, 5, 720),
  BUFFER_MINUTES: whole(0, 0, 240),
  MEETING_BOOKING_TYPES: list(['Training']).pipe(
    z.array(z.enum(['Training', 'Installation', 'Go Live'], 'must be Training, Installation or Go Live')),
  ),
  MERCHANT_MAIL_ENABLED: flag(false),
  CLOCK_URL: origin.optional(),
  TEST_DATABASE_URL: optional,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  DEBUG: optional,
});

type Parsed = z.output<typeof schema>;

/**
 * Parses the environment. Empty means unset. Throws one `ConfigError` with every problem.
 * @param environment names and values, e.g. `readEnvironment()`
 */
export function parseConfig(environment: Environment): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const problems = Object.keys(renamed)
    .filter((name) => name in given)
    .map((name) => `${name} is not used here: set ${renamed[name]}`);
  const result = schema.safeParse(given);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = String(issue.path[0]);
      problems.push(`${name} ${name in given ? issue.message : 'is missing'}`);
    }
    throw new ConfigError(problems);
  }
  problems.push(...rulesBroken(result.data));
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(result.data);
}

/** Rules that concern more than one setting. */
function rulesBroken(env: Parsed): string[] {
  const problems: string[] = [];
  if (env.SALESFORCE_AUTH === 'client_credentials' && !env.SALESFORCE_CLIENT_SECRET) {
    problems.push('SALESFORCE_CLIENT_SECRET is missing (SALESFORCE_AUTH=client_credentials needs it)');
  }
  if (env.SALESFORCE_AUTH === 'jwt') {
    if (!env.SALESFORCE_USERNAME) problems.push('SALESFORCE_USERNAME is missing (SALESFORCE_AUTH=jwt needs it)');
    if (!env.SALESFORCE_PRIVATE_KEY) problems.push('SALESFORCE_PRIVATE_KEY is missing (SALESFORCE_AUTH=jwt needs it)');
    else if (!privateKeyOf(env.SALESFORCE_PRIVATE_KEY)) {
      problems.push('SALESFORCE_PRIVATE_KEY is neither a PEM private key nor the name of a file that holds one');
    }
  }
  if (env.LARK_APP_ID !== undefined && !/^cli_[0-9a-fA-F]{16}$/.test(env.LARK_APP_ID)) {
    problems.push('LARK_APP_ID is not an app id (cli_ and 16 hexadecimal characters)');
  }
  if ((env.LARK_APP_ID === undefined) !== (env.LARK_APP_SECRET === undefined)) {
    problems.push('LARK_APP_ID and LARK_APP_SECRET belong together: set both, or neither to switch Lark off');
  }
  for (const value of env.RETURN_URL_ORIGINS) {
    if (!URL.canParse(value) || new URL(value).origin !== value) {
      problems.push(`RETURN_URL_ORIGINS: ${value} is not an origin such as https://example.lightning.force.com`);
    }
  }
  problems.push(...(env.NODE_ENV === 'production' ? unsafeInProduction(env) : unsafeInDevelopment(env)));
  return problems;
}

const redirectUris = [
  'PUBLIC_URL',
  'LARK_OAUTH_REDIRECT_URI',
  'GOOGLE_REDIRECT_URI',
  'MICROSOFT_REDIRECT_URI',
  'CALENDLY_REDIRECT_URI',
] as const;

function unsafeInProduction(env: Parsed): string[] {
  const problems: string[] = [];
  for (const name of redirectUris) {
    if (env[name]?.startsWith('http:') === true) problems.push(`${name} must be https in production`);
  }
  for (const name of ['SALESFORCE_LOGIN_URL', 'LARK_DOMAIN', 'LARK_ACCOUNTS_DOMAIN', 'LARK_TOKEN_URL'] as const) {
    if (env[name]?.startsWith('http:') === true) problems.push(`${name} must be https in production: secrets go there`);
  }
  if (env.ENCRYPTION_PREVIOUS_SECRETS.some(isOfflineSecret)) {
    problems.push('ENCRYPTION_PREVIOUS_SECRETS holds the public one of config/offline.env');
  }
  if (env.DATABASE_URL === undefined && !env.ALLOW_EMBEDDED_DATABASE) {
    problems.push(
      'DATABASE_URL is missing: production wants PostgreSQL (ALLOW_EMBEDDED_DATABASE=true accepts the embedded one, which does not survive a power cut)',
    );
  }
  for (const name of [
    'ENCRYPTION_SECRET',
    'CRON_SECRET',
    'LARK_OAUTH_STATE_SECRET',
    'SALESFORCE_CLIENT_SECRET',
    'LARK_APP_SECRET',
  ] as const) {
    if (isOfflineSecret(env[name])) problems.push(`${name} is the public one of config/offline.env`);
  }
  for (const { name, key } of env.API_KEYS) {
    if (isOfflineSecret(key)) problems.push(`API_KEYS: the key "${name}" is the public one of config/offline.env`);
  }
  if (env.CLOCK_URL !== undefined) problems.push('CLOCK_URL is for development only');
  return problems;
}

function unsafeInDevelopment(env: Parsed): string[] {
  return redirectUris
    .filter((name) => {
      const value = env[name];
      return value !== undefined && new URL(value).protocol === 'http:' && !isLoopback(new URL(value).hostname);
    })
    .map((name) => `${name} may be http only on the loopback interface`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}

/** The committed, fake secrets say so themselves. */
function isOfflineSecret(value: string | undefined): boolean {
  return value !== undefined && (value.startsWith('offline-') || value.startsWith('0ff11e'));
}

function privateKeyOf(value: string): string | undefined {
  try {
    const pem = value.includes('-----BEGIN') ? value.replaceAll('\\n', '\n') : readFileSync(value, 'utf8');
    createPrivateKey(pem);
    return pem;
  } catch {
    return undefined;
  }
}

/** The data directory also holds what is not ours: the stand-ins' state. */
function embeddedIn(dataDirectory: string): string {
  return dataDirectory.startsWith('memory://') ? dataDirectory : `${dataDirectory}/middleware`;
}

function toConfig(env: Parsed) {
  const baseUrl = env.PUBLIC_URL.replace(/\/+$/, '');
  const withoutSlash = (url: string) => url.replace(/\/+$/, '');
  return {
    production: env.NODE_ENV === 'production',
    port: env.PORT,
    publicUrl: baseUrl,
    returnUrlOrigins: env.RETURN_URL_ORIGINS,
    trustedProxies: env.TRUSTED_PROXIES,
    database: env.DATABASE_URL === undefined ? { directory: embeddedIn(env.DATA_DIR) } : { url: env.DATABASE_URL },
    encryption: { secret: env.ENCRYPTION_SECRET, previousSecrets: env.ENCRYPTION_PREVIOUS_SECRETS },
    apiKeys: env.API_KEYS,
    cronSecret: env.CRON_SECRET,
    stateSecret: env.LARK_OAUTH_STATE_SECRET,
    salesforce: {
      loginUrl: withoutSlash(env.SALESFORCE_LOGIN_URL),
      orgId: env.SALESFORCE_ORG_ID,
      auth:
        env.SALESFORCE_AUTH === 'jwt'
          ? {
              kind: 'jwt' as const,
              clientId: env.SALESFORCE_CLIENT_ID,
              username: env.SALESFORCE_USERNAME ?? '',
              privateKey: privateKeyOf(env.SALESFORCE_PRIVATE_KEY ?? '') ?? '',
            }
          : {
              kind: 'client_credentials' as const,
              clientId: env.SALESFORCE_CLIENT_ID,
              clientSecret: env.SALESFORCE_CLIENT_SECRET ?? '',
            },
      mailSender: env.MAIL_SENDER,
    },
    alertRecipients: env.ALERT_RECIPIENTS,
    /** Absent: Lark is off. */
    lark:
      env.LARK_APP_ID === undefined || env.LARK_APP_SECRET === undefined
        ? undefined
        : {
            appId: env.LARK_APP_ID,
            appSecret: env.LARK_APP_SECRET,
            domain: withoutSlash(env.LARK_DOMAIN),
            accountsDomain: withoutSlash(env.LARK_ACCOUNTS_DOMAIN),
            tokenUrl: env.LARK_TOKEN_URL ?? `${withoutSlash(env.LARK_DOMAIN)}/open-apis/authen/v2/oauth/token`,
            redirectUri: env.LARK_OAUTH_REDIRECT_URI ?? `${baseUrl}/api/lark/trainer/oauth/callback`,
            tenantKey: env.LARK_TENANT_KEY,
            meeting: env.LARK_MEETING,
            requestsPerSecond: env.LARK_REQUESTS_PER_SECOND,
            requestsPerMinute: env.LARK_REQUESTS_PER_MINUTE,
          },
    switches: { mockLarkBooking: env.MOCK_LARK_BOOKING, mockLarkBusy: env.MOCK_LARK_BUSY },
    slots: { minutes: env.SLOT_MINUTES, stepMinutes: env.SLOT_STEP_MINUTES, bufferMinutes: env.BUFFER_MINUTES },
    meetingBookingTypes: env.MEETING_BOOKING_TYPES,
    merchantMail: env.MERCHANT_MAIL_ENABLED,
    clockUrl: env.CLOCK_URL,
    logLevel: env.LOG_LEVEL,
  };
}
