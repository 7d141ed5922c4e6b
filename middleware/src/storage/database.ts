import type { ColumnType, Generated, Kysely, Transaction as KyselyTransaction } from 'kysely';

/**
 * What the middleware must remember to be safe. Everything here can be rebuilt from Salesforce once the token backlog is
 * empty. Each table is written by one room, named at the table.
 */
export interface Tables {
  lease: LeaseTable;
  cron_slot: CronSlotTable;
  oauth_state: OAuthStateTable;
  link_ticket: LinkTicketTable;
  requested_mail: RequestedMailTable;
  held_identity: HeldIdentityTable;
  token_head: TokenHeadTable;
  token_exchange: TokenExchangeTable;
  slot_hold: SlotHoldTable;
  idempotency: IdempotencyTable;
  effect: EffectTable;
  timeline_entry: TimelineEntryTable;
  outage: OutageTable;
  rate: RateTable;
  run: RunTable;
  announcement: AnnouncementTable;
  link_memory: LinkMemoryTable;
  mirror_memory: MirrorMemoryTable;
  upcoming_check: UpcomingCheckTable;
  orphan_report: OrphanReportTable;
  merchant_mail: MerchantMailTable;
  switch: SwitchTable;
  failed_booking: FailedBookingTable;
  metric_count: MetricCountTable;
  metric_failed_booking: MetricFailedBookingTable;
  metric_day: MetricDayTable;
  run_result: RunResultTable;
  reminder: ReminderTable;
  reminder_queue: ReminderQueueTable;
  attention_note: AttentionNoteTable;
  setup_check: SetupCheckTable;
}

type Timestamp = ColumnType<Date, Date, Date>;
type OptionalTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** storage/lease.ts: who may work on something, until when. */
export interface LeaseTable {
  name: string;
  owner: string;
  expires_at: Timestamp;
}

/** schedules.ts: which cron ticks were enqueued. */
export interface CronSlotTable {
  name: string;
  slot: Timestamp;
}

/** features/connections: an authorization on its way through the provider. */
export interface OAuthStateTable {
  state_hash: string;
  provider: string;
  trainer_id: string;
  browser_hash: string;
  return_url: string | null;
  created_at: Timestamp;
  expires_at: Timestamp;
}

/** features/connections: one-time links. */
export interface LinkTicketTable {
  ticket_hash: string;
  provider: string;
  trainer_id: string;
  /** The server mailed it of its own accord. */
  is_mailed: boolean;
  return_url: string | null;
  created_at: Timestamp;
  expires_at: Timestamp;
}

/** features/connections: links that were mailed because somebody asked with the trainer's e-mail. */
export interface RequestedMailTable {
  trainer_id: string;
  sent_at: Timestamp;
}

/** features/connections: accounts that somebody tried to connect and that could not be matched to the trainer. */
export interface HeldIdentityTable {
  connection_id: string;
  identity_hash: string;
  account_label: string;
  held_at: Timestamp;
  allowed_at: OptionalTimestamp;
}

export type HeadState = 'connected' | 'needs-reconnect' | 'on-hold' | 'disconnected';

/** tokens: the newest accepted pair of each connection. */
export interface TokenHeadTable {
  connection_id: string;
  /** Counts connects and disconnects. */
  epoch: number;
  /** Counts pairs; only ever grows, also over a lost database. */
  generation: number;
  /** Counts every change of this row, so that a flush knows whether it wrote the newest. */
  version: number;
  /** The generation and state that Salesforce is known to hold; null: it was never written. */
  saved_generation: number;
  saved_state: HeadState | null;
  state: HeadState;
  access_sealed: string | null;
  refresh_sealed: string | null;
  refresh_hash: string | null;
  access_expires_at: OptionalTimestamp;
  refresh_expires_at: OptionalTimestamp;
  consent_expires_at: OptionalTimestamp;
  connected_at: OptionalTimestamp;
  refreshed_at: OptionalTimestamp;
  subject_id: string | null;
  account_email: string | null;
  tenant_id: string | null;
  identity_hash: string | null;
  scopes: string;
  error: string | null;
  /** Since when there is something that Salesforce does not have; null when it has everything. */
  unsaved_since: OptionalTimestamp;
  updated_at: Timestamp;
  /** The latest exchange that got an answer, and what failed about it (`ProviderFailure`); null: it succeeded. */
  attempted_at: OptionalTimestamp;
  attempt_failure: string | null;
  /** Exchanges in a row that failed for a reason that passes, and when the next one may be tried. */
  failures: Generated<number>;
  retry_at: OptionalTimestamp;
  /** Days on which the provider refused with something that this version does not know; four of them end the trust. */
  strikes: Generated<number>;
  struck_at: OptionalTimestamp;
  /** When Salesforce last refused this row, or it could not be compared; null once it is written. */
  refused_at: OptionalTimestamp;
  /** When a failed exchange made it need reconnecting: taken back if it turns out to be an outage. */
  marked_at: OptionalTimestamp;
}

/** tokens: the journal, one row an exchange. */
export interface TokenExchangeTable {
  id: Generated<string>;
  connection_id: string;
  epoch: number;
  /** The generation that the answer will have. */
  generation: number;
  /** Keyed hash of the refresh token that is spent. */
  parent_hash: string;
  state: 'intent' | 'received' | 'failed' | 'unknown' | 'superseded';
  access_sealed: string | null;
  refresh_sealed: string | null;
  access_expires_at: OptionalTimestamp;
  refresh_expires_at: OptionalTimestamp;
  created_at: Timestamp;
  settled_at: OptionalTimestamp;
}

/** features/bookings: time that is taken; an exclusion constraint keeps holds of one trainer apart. */
export interface SlotHoldTable {
  id: Generated<string>;
  trainer_id: string;
  starts_at: Timestamp;
  ends_at: Timestamp;
  state: 'tentative' | 'booked';
  /** Tentative holds only. */
  expires_at: OptionalTimestamp;
  booking_id: string | null;
  merchant_reference: string | null;
  /** Tentative holds of a booking that is about to move here: that booking. */
  moves_booking: ColumnType<string | null, string | null | undefined, string | null>;
}

/** features/bookings: requests that were made with a key. */
export interface IdempotencyTable {
  /** SHA-256 of caller and key; also `Idempotency_Key__c`. */
  key_hash: string;
  request_hash: string;
  booking_id: string | null;
  /** While no booking exists yet: until when the first request may work on it. */
  claimed_until: Timestamp;
  created_at: Timestamp;
}

/** features/bookings: the effect ledger: what exists, or may exist, outside for a booking. */
export interface EffectTable {
  booking_id: string;
  kind: 'reservation' | 'event' | 'invitation';
  generation: number;
  /** The connection whose token made it: only that one can change it. An invitation, the app's own, names who it invites. */
  connection_id: string;
  /** Idempotency key at the provider, where it takes one. */
  provider_key: string;
  state: 'intended' | 'done' | 'uncertain' | 'failed' | 'removed' | 'abandoned';
  external_id: string | null;
  calendar_id: string | null;
  link: string | null;
  meeting_number: string | null;
  /** Events only: whose meeting it shows. `own`: the calendar made it. */
  meeting: 'own' | 'link' | 'none' | null;
  /** Hash of what was last written there, to know whether it must be updated. */
  content_hash: string | null;
  /** Why the last attempt failed, in words for people. */
  error: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** features/bookings: timeline rows on their way to Salesforce. */
export interface TimelineEntryTable {
  /** `Booking_Timeline__c.Key__c` */
  key: string;
  booking_id: string;
  /** JSON of the row to upsert. */
  row: string;
  created_at: Timestamp;
}

/** tokens: providers for which most exchanges fail at present. */
export interface OutageTable {
  provider: string;
  opened_at: Timestamp;
}

/** storage/rate.ts: how far ahead the calls of one vendor limit are given away, over all replicas. */
export interface RateTable {
  name: string;
  taken_until: Timestamp;
}

export type RunOutcome = 'succeeded' | 'failed' | 'skipped';
export type RunState = 'running' | 'paused' | 'done' | 'stopped';

/** storage/runs.ts: long work over many connections that somebody can follow and that survives a crash. */
export interface RunTable {
  id: Generated<string>;
  /** `refresh`, `key-rotation`, … One of a kind at a time. */
  kind: string;
  scope: string;
  state: RunState;
  /** Why it stopped or pauses, in words for people. */
  note: string | null;
  /** The caller, or the schedule. */
  started_by: string;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  /** JSON: the first of the failures, `RunError[]`. */
  errors: string;
  /** The last connection id that is finished: where a crashed run goes on. */
  position: string;
  created_at: Timestamp;
  updated_at: Timestamp;
  finished_at: OptionalTimestamp;
}

/** features/forecast: mails about an end that were sent. */
export interface AnnouncementTable {
  connection_id: string;
  ends_at: Timestamp;
  days_ahead: number;
  sent_at: Timestamp;
}

export type Database = Kysely<Tables>;
export type Transaction = KyselyTransaction<Tables>;

/** SQLSTATE 23505 */
export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505';
}

/** SQLSTATE 23P01 */
export function isExclusionViolation(error: unknown): boolean {
  return sqlState(error) === '23P01';
}

function sqlState(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** features/bookings: what must be remembered of a booking's link beside what Salesforce shows of it. */
export interface LinkMemoryTable {
  booking_id: string;
  /** The link that Salesforce was last known to show. */
  link: string | null;
  /** Meetings up to this generation are to be replaced by a new one; 0: none. */
  stale_generation: Generated<number>;
  /** The link whose removal by a person was taken as the wish for a new one. */
  emptied_link: string | null;
  /** A typed link that a made one shall replace. */
  replaced_link: string | null;
  /** A new meeting was asked for and is not there yet. */
  is_open: Generated<boolean>;
  /** Counts wishes about the link, to tell them apart in the timeline. */
  changes: Generated<number>;
  updated_at: Timestamp;
}

/** features/bookings: what was last written onto a merchant's record of the customer, and why it refused. */
export interface MirrorMemoryTable {
  record_id: string;
  /** The training that it shows; null: the merchant has none any more. */
  booking_id: string | null;
  link: string | null;
  status: string | null;
  refusal: string | null;
  updated_at: Timestamp;
}

/** features/merchant-mail: what a merchant was last told of a booking. */
export interface MerchantMailTable {
  booking_id: string;
  /** JSON of what the last mail said, to know what has changed since. */
  told: string;
  revision: number;
  sent_at: Timestamp;
}

/** features/admin: switches that were set at run time; those without a row are as the environment says. */
export interface SwitchTable {
  name: string;
  is_on: boolean;
  changed_by: string;
  changed_at: Timestamp;
}

/** features/admin: bookings whose last pass failed for good. */
export interface FailedBookingTable {
  booking_id: string;
  message: string;
  failed_at: Timestamp;
}

/** features/upcoming: the revision of a booking that was looked at before the training. */
export interface UpcomingCheckTable {
  booking_id: string;
  revision: number;
  checked_at: Timestamp;
}

/** features/orphans: events that a person was told of and that are told of once. */
export interface OrphanReportTable {
  connection_id: string;
  event_id: string;
  told_at: Timestamp;
}

/** storage/runs.ts: what became of each trainer in a run. */
export interface RunResultTable {
  number: Generated<string>;
  run_id: string;
  connection_id: string | null;
  trainer_id: string;
  outcome: RunOutcome;
  code: string;
  message: string;
  at: Timestamp;
}

/** features/reminders: what Salesforce does not say, or not yet, of a trainer's reminders. */
export interface ReminderTable {
  trainer_id: string;
  /** When the trainer was first seen without a connection; null: connected since, or never looked at. */
  unconnected_since: OptionalTimestamp;
  /** `Reminder_Count__c` at that time: the rungs of the ladder count from there. */
  reminded_before: Generated<number>;
  /** When the last mail was about to be sent: whatever became of it, it counts as sent unless it is taken back. */
  mailed_at: OptionalTimestamp;
  /** The run that sent it. */
  mailed_by: string | null;
  /** Salesforce has answered what became of the mail. */
  is_settled: Generated<boolean>;
  /** `Reminder_Count__c` with this mail. */
  count_then: number | null;
  /** `Onboarding_Trainer__c` says so, too. */
  is_recorded: Generated<boolean>;
  /** Since when the org's mail limit has kept a reminder back. */
  postponed_at: OptionalTimestamp;
}

/** features/reminders: whom an open run has still to look at. */
export interface ReminderQueueTable {
  run_id: string;
  /** Those of a lower place come first. */
  place: number;
  trainer_id: string;
}

/** features/attention: what the next daily digest tells. */
export interface AttentionNoteTable {
  message: string;
  times: number;
  first_at: Timestamp;
  last_at: Timestamp;
}

/** features/setup: how the last check of a provider or of Salesforce went. */
export interface SetupCheckTable {
  name: string;
  ok: boolean;
  message: string;
  checked_at: Timestamp;
}

/** features/metrics: how exchanges ended, by day in UTC; written by a trigger of the token journal (migration 0007). */
export interface MetricCountTable {
  /** `2026-11-21` */
  day: string;
  provider: string;
  name: 'exchanges-ok' | 'exchanges-failed';
  total: number;
}

/** features/metrics: bookings that failed for good on a day. */
export interface MetricFailedBookingTable {
  day: string;
  provider: string;
  booking_id: string;
}

/** features/metrics: what Salesforce had of a day before this database began to count it, and when it was last told. */
export interface MetricDayTable {
  day: string;
  provider: string;
  base_exchanges_ok: number;
  base_exchanges_failed: number;
  base_failed_bookings: number;
  recorded_at: OptionalTimestamp;
}
