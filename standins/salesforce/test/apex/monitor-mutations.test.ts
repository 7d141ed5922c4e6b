import { describe } from 'node:test';
import { USERS } from '../support.ts';
import type { ApexWorld } from './apex-world.ts';
import { ask, CLASSES, testDecidingLines, withoutClass, type DecidingLine } from './deciding-lines.ts';
import { metric } from './metric.ts';

const MONITOR = 'ConnectionMonitorController';
const SETUP = 'ConnectionSetupController';
const GUARD = 'TrainerConnectGuard.requireAdmin();';
const CONNECTION = 'lark:a04000000000001AAA';
const RUN = '0d9f6c1e-6f0f-4c53-9d3c-2f4b5a6c7d8e';

/** Staff who may call the classes meet the guard, which stands alone between them and everybody's connections. */
const staffWithTheClasses = {
  file: 'force-app/main/default/permissionsets/Trainer_Connect_Staff.permissionset-meta.xml',
  from: '<apexClass>TrainingBookingController</apexClass>\n        <enabled>true</enabled>\n    </classAccesses>',
  to: `<apexClass>TrainingBookingController</apexClass>
        <enabled>true</enabled>
    </classAccesses>
    ${[MONITOR, SETUP].map((one) => `<classAccesses><apexClass>${one}</apexClass><enabled>true</enabled></classAccesses>`).join('')}`,
};

/** Each method with its parameters, how it goes on behind the guard, and what it answers there. */
const METHODS: readonly [string, string, object, string, RegExp][] = [
  [MONITOR, 'getConnections', { request: {} }, "return read( '/api/admin/connections',", /Wei Tan/],
  [
    MONITOR,
    'refreshConnection',
    { connectionId: CONNECTION },
    "return send(pathOf(connectionId) + '/refresh'",
    /Connected/,
  ],
  [MONITOR, 'allowIdentityOnce', { connectionId: CONNECTION }, "return send(pathOf(connectionId) + '/allow", /private/],
  [
    MONITOR,
    'remind',
    { trainerIds: ['a04000000000001AAA'] },
    "return startRun('/api/admin/reminders', new Map<String, Object>{ 'trainerIds'",
    /0d9f6c1e/,
  ],
  [MONITOR, 'remindAll', {}, "return startRun('/api/admin/reminders', new Map<String, Object>{ 'all'", /0d9f6c1e/],
  [MONITOR, 'refreshAll', {}, "return startRun('/api/admin/refresh'", /0d9f6c1e/],
  [MONITOR, 'getRun', { runId: RUN }, 'return read(pathOfRun(runId), new', /"total":3/],
  [MONITOR, 'getRunResults', { runId: RUN }, "return read(pathOfRun(runId) + '/results'", /mailbox/],
  [MONITOR, 'getDeadLetters', {}, "return read('/api/admin/dead-letters'", /merchant-mail/],
  [MONITOR, 'retryDeadLetter', { jobId: RUN }, "return send('/api/admin/dead-letters/'", /"retried":true/],
  [SETUP, 'getSetup', {}, "String answer = TrainerConnectMiddleware.get('/api/admin/setup'", /"redirectUri"/],
  [
    SETUP,
    'check',
    { subject: 'lark' },
    "String answer = TrainerConnectMiddleware.post( '/api/admin/setup/'",
    /App token/,
  ],
];

const metrics = async (world: ApexWorld) => {
  await metric(world.org, '2026-11-25');
  return world.outcome(USERS.staff, `${MONITOR}.getMetrics`);
};

const ONLY_ADMINS = /^refused: Only an admin/;
const NO_CLASS = /^refused: You do not have access to the Apex class/;

const LINES: readonly DecidingLine[] = [
  ...METHODS.map(([apexClass, method, parameters, next, changed]): DecidingLine => ({
    name: `the guard of ${method}`,
    given: [staffWithTheClasses],
    mutation: { file: `${CLASSES}/${apexClass}.cls`, from: `${GUARD} ${next}`, to: next },
    ask: ask('staff', `${apexClass}.${method}`, parameters),
    unchanged: ONLY_ADMINS,
    changed,
  })),
  {
    name: 'the guard of getMetrics',
    given: [staffWithTheClasses],
    mutation: {
      file: `${CLASSES}/${MONITOR}.cls`,
      from: `${GUARD} List<MetricDto> metrics`,
      to: 'List<MetricDto> metrics',
    },
    ask: metrics,
    unchanged: ONLY_ADMINS,
    // User mode still refuses the object to whoever has no permission on it.
    changed: /^(?!refused: Only an admin)/,
  },
  {
    name: 'the period of getMetrics',
    mutation: { file: `${CLASSES}/${MONITOR}.cls`, from: 'WHERE Day__c = LAST_N_DAYS:90', to: '' },
    ask: async (world) => {
      await metric(world.org, '2026-05-01');
      return world.outcome(USERS.admin, `${MONITOR}.getMetrics`);
    },
    unchanged: /^\[\]$/,
    changed: /2026-05-01/,
  },
  ...[MONITOR, SETUP].map((apexClass): DecidingLine => ({
    name: `the admins' access to ${apexClass}`,
    mutation: withoutClass('Trainer_Connect_Admin', apexClass),
    ask: ask('admin', apexClass === MONITOR ? `${MONITOR}.getDeadLetters` : `${SETUP}.getSetup`),
    unchanged: /"jobs"|"providers"/,
    changed: NO_CLASS,
  })),
];

describe('the monitor and the set-up page: one line less, and a refusal is lifted or an answer is gone', () => {
  testDecidingLines(LINES);
});
