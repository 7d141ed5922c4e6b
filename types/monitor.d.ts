/** What the platform answers for the monitor and the set-up page: as their Apex classes and the middleware have it. */

interface ConnectionTotalsDto {
  readonly trainers: number;
  readonly connected: number;
  readonly needsReconnect: number;
  readonly onHold: number;
  readonly notConnected: number;
  readonly expiringWithin24h: number;
  readonly endingWithin14Days: number;
  readonly failing: number;
}

/** A connection in the list of all trainers. */
interface ListedConnectionDto {
  readonly id: string;
  readonly provider: string;
  readonly trainer: { readonly id: string; readonly name: string; readonly email: string };
  readonly state: 'connected' | 'needs-reconnect' | 'on-hold' | 'not-connected';
  readonly account: string | null;
  readonly heldAccount: string | null;
  readonly connectedAt: string | null;
  readonly lastRefresh: string | null;
  readonly forecast: { readonly endsAt: string; readonly reason: 'consent' | 'refresh-window' } | null;
  readonly failing: boolean;
  readonly error: string | null;
  readonly lastReminderAt: string | null;
}

interface ConnectionListDto {
  readonly connections: readonly ListedConnectionDto[];
  readonly totals: ConnectionTotalsDto;
  /** `next` is where the next page begins; null on the last one. */
  readonly page: { readonly limit: number; readonly next: string | null };
}

interface ConnectionListRequest {
  state?: string;
  search?: string;
  sortBy: string;
  direction: 'asc' | 'desc';
  after: string | null;
  pageSize: number;
}

/** Counts of one day (UTC) and provider. */
interface MetricDto {
  readonly day: string;
  readonly provider: string;
  readonly trainers: number | null;
  readonly connected: number | null;
  readonly exchangesOk: number | null;
  readonly exchangesFailed: number | null;
  readonly meetingsWanted: number | null;
  readonly meetingsMade: number | null;
  readonly bookings: number | null;
  readonly errors: number | null;
}

interface RunDto {
  readonly runId: string;
  readonly kind: string;
  readonly scope: string;
  readonly state: 'running' | 'paused' | 'done' | 'stopped';
  readonly note: string | null;
  readonly total: number;
  readonly done: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

interface RunResultDto {
  readonly trainerId: string;
  readonly trainerName: string;
  readonly outcome: 'succeeded' | 'failed' | 'skipped';
  readonly code: string | null;
  readonly message: string;
  readonly at: string;
}

interface DeadLetterDto {
  readonly id: string;
  readonly kind: string;
  readonly concerns: Readonly<Record<string, string>>;
  readonly message: string;
  readonly advice: string;
  readonly attempts: number | null;
  readonly failedAt: string;
}

interface SetupMissingDto {
  readonly what: string;
  readonly where: string | null;
  readonly howTo: string;
}

interface SetupCheckDto {
  readonly ok: boolean;
  readonly at: string;
  readonly steps: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly message: string;
    readonly howTo?: string | null;
  }[];
}

interface LastCheckDto {
  readonly at: string;
  readonly ok: boolean;
  readonly message: string;
}

interface SetupProviderDto {
  readonly id: string;
  readonly name: string;
  readonly state: 'ready' | 'off' | 'incomplete' | 'failing';
  readonly redirectUri: string | null;
  readonly scopes: readonly string[];
  readonly missing: readonly SetupMissingDto[];
  readonly lastCheck: LastCheckDto | null;
}

interface SetupSalesforceDto {
  readonly orgId: string | null;
  readonly user: string | null;
  readonly mailSender: string | null;
  readonly mailRemaining: number | null;
  readonly state: 'ready' | 'incomplete' | 'failing';
  readonly missing: readonly SetupMissingDto[];
  readonly lastCheck?: LastCheckDto | null;
}

interface SetupDto {
  readonly providers: readonly SetupProviderDto[];
  readonly salesforce: SetupSalesforceDto;
  readonly templates: readonly { readonly name: string; readonly state: 'own' | 'built-in' | 'missing' }[];
}

declare module '@salesforce/apex/ConnectionMonitorController.getConnections' {
  const method: ApexMethod<{ request: ConnectionListRequest }, ConnectionListDto>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.getMetrics' {
  const method: ApexMethod<Record<string, never>, readonly MetricDto[]>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.refreshConnection' {
  const method: ApexMethod<{ connectionId: string }, { status: string; error: string | null }>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.allowIdentityOnce' {
  const method: ApexMethod<{ connectionId: string }, { account: string; allowedUntil: string }>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.remind' {
  const method: ApexMethod<{ trainerIds: readonly string[] }, string>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.remindAll' {
  const method: ApexMethod<Record<string, never>, string>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.refreshAll' {
  const method: ApexMethod<Record<string, never>, string>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.getRun' {
  const method: ApexMethod<{ runId: string }, RunDto>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.getRunResults' {
  const method: ApexMethod<
    { runId: string; outcome?: string; after?: string | null },
    { results: readonly RunResultDto[]; page: { next: string | null } }
  >;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.getDeadLetters' {
  const method: ApexMethod<{ cursor: string | null }, { jobs: readonly DeadLetterDto[]; nextCursor: string | null }>;
  export default method;
}
declare module '@salesforce/apex/ConnectionMonitorController.retryDeadLetter' {
  const method: ApexMethod<{ jobId: string }, { id: string; retried: boolean }>;
  export default method;
}
declare module '@salesforce/apex/ConnectionSetupController.getSetup' {
  const method: ApexMethod<Record<string, never>, SetupDto>;
  export default method;
}
declare module '@salesforce/apex/ConnectionSetupController.check' {
  const method: ApexMethod<{ subject: string }, SetupCheckDto>;
  export default method;
}
