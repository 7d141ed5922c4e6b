import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import type { Config } from './config.ts';
import type { ProviderId } from './core/connection.ts';
import type { Log, Now, Step } from './core/runtime.ts';
import type { FindTrainers } from './core/trainer.ts';
import { listDeadLetters } from './features/admin/dead-letters.ts';
import { sendDigest } from './features/attention/send-digest.ts';
import type { MailTemplates } from './features/mail-templates/mail-templates.ts';
import { forgetLadder } from './features/reminders/journal.ts';
import {
  climbLadder,
  remindTrainers,
  resumeReminders,
  sendRemindersJob,
  workOnReminders,
} from './features/reminders/remind-trainers.ts';
import { remindersRouter } from './features/reminders/routes.ts';
import type { ProviderSetup } from './features/setup/providers.ts';
import { setupRouter } from './features/setup/routes.ts';
import type { RequireScope } from './http/authenticate.ts';
import type { Lark } from './providers/lark/index.ts';
import { scopes } from './providers/lark/oauth.ts';
import type { Queue } from './queue/queue.ts';
import type { SalesforceRecords } from './salesforce/records.ts';
import type { Database } from './storage/database.ts';
import { readRun } from './storage/runs.ts';

export interface OperationsDeps {
  config: Config;
  db: Database;
  records: SalesforceRecords;
  queue: Queue;
  now: Now;
  log: Log;
  step: Step;
  isStopping: () => boolean;
  lark: Lark | undefined;
  mailTemplates: MailTemplates;
  findTrainers: FindTrainers;
  createInvite: (provider: ProviderId, trainerId: string) => Promise<{ url: string; expiresAt: Date }>;
  requireScope: RequireScope;
  sleep: (milliseconds: number) => Promise<void>;
}

const POLL_MS = 100;

/** The part of `app.ts` that keeps trainers connected and administrators informed: reminders, digest, set-up. */
export function createOperations(deps: OperationsDeps) {
  const { config, db, records, queue, now, lark } = deps;
  const recipients = config.alertRecipients;
  const reminders = {
    ...deps,
    publicUrl: config.publicUrl,
    writeLetter: deps.mailTemplates.write,
    isProviderOn: () => lark !== undefined,
  };
  queue.work(sendRemindersJob, (job, attempt) => workOnReminders(reminders, job, attempt));
  const failedJobs = async (limit: number) => {
    const { jobs, nextCursor } = await listDeadLetters({ db, queue }, { limit, cursor: undefined });
    return { jobs, more: nextCursor !== null };
  };
  const routers: Router[] = [
    remindersRouter(reminders),
    setupRouter({
      ...deps,
      orgId: config.salesforce.orgId,
      mailSender: config.salesforce.mailSender,
      recipients,
      templates: () => deps.mailTemplates.states(),
      providers: providersOf(config),
      lark: lark && {
        appCheck: () => lark.appCheck(),
        calendarCheck: () => lark.calendarCheck(),
        directoryCheck: async () => {
          await lark.directory.findSubjectByEmail('nobody@example.com');
        },
        refreshNothing: () => lark.oauth.refresh({ refreshToken: `check-${randomUUID()}` }),
      },
    }),
  ];
  return {
    routers,
    climbLadder: () => climbLadder(reminders),
    /** The same, in this very process; resolves when the run has ended. */
    performLadder: async () => {
      let run = await climbLadder(reminders);
      while (run && run.finishedAt === undefined && !deps.isStopping()) {
        await remindTrainers(reminders, { runId: run.id });
        run = await readRun({ db }, run.id);
        if (run?.finishedAt === undefined) await deps.sleep(POLL_MS);
      }
    },
    resumeReminders: () => resumeReminders(reminders),
    /** A trainer has connected: no reminder is due any more. */
    connected: (trainerId: string) => forgetLadder(db, trainerId),
    sendDigest: () => sendDigest({ db, records, now, recipients, failedJobs }),
  };
}

function providersOf({ publicUrl, lark }: Config): ProviderSetup[] {
  const later = { isBuilt: false, hasCredentials: false, configuredRedirectUri: undefined, scopes: [] };
  const calendars = `${publicUrl}/api/calendar-integration/callback`;
  return [
    {
      id: 'lark',
      name: 'Lark',
      isBuilt: true,
      hasCredentials: lark !== undefined,
      redirectUri: `${publicUrl}/api/lark/trainer/oauth/callback`,
      configuredRedirectUri: lark?.redirectUri,
      scopes,
      credentials: 'LARK_APP_ID and LARK_APP_SECRET',
      console: "Lark's developer console",
    },
    {
      ...later,
      id: 'google',
      name: 'Google Calendar',
      redirectUri: calendars,
      credentials: 'GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET',
      console: 'the Google Cloud console',
    },
    {
      ...later,
      id: 'outlook',
      name: 'Outlook',
      redirectUri: calendars,
      credentials: 'MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET',
      console: 'the Microsoft Entra admin center',
    },
    {
      ...later,
      id: 'calendly',
      name: 'Calendly',
      redirectUri: `${publicUrl}/auth/calendly/callback`,
      credentials: 'CALENDLY_CLIENT_ID and CALENDLY_CLIENT_SECRET',
      console: "Calendly's developer console",
    },
  ];
}
