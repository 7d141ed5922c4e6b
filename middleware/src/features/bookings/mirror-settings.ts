import type { Log, Now } from '../../core/runtime.ts';
import { SalesforceError, soql, type SalesforceRecords } from '../../salesforce/records.ts';

/** Onto which object of the customer link and status are copied: `Trainer_Connect_Mirror__mdt`. */
export interface MirrorSetting {
  object: string;
  linkField: string | undefined;
  statusField: string | undefined;
}

interface MirrorSettingsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  now: Now;
  log: Log;
}

const KEPT_MS = 60_000;

/** Reads the settings, at most once a minute. Throws the `SalesforceError` that may pass. */
export function createMirrorSettings(deps: MirrorSettingsDeps): () => Promise<readonly MirrorSetting[]> {
  let known: { settings: readonly MirrorSetting[]; readAt: number } | undefined;
  return async () => {
    const now = deps.now().getTime();
    if (!known || now - known.readAt >= KEPT_MS) known = { settings: await read(deps), readAt: now };
    return known.settings;
  };
}

async function read(deps: MirrorSettingsDeps): Promise<MirrorSetting[]> {
  try {
    const rows = await deps.records.query(
      soql`SELECT Object__c, Link_Field__c, Status_Field__c FROM Trainer_Connect_Mirror__mdt WHERE Active__c = true`,
    );
    return rows.map((row) => ({
      object: String(row.Object__c),
      linkField: textOf(row.Link_Field__c),
      statusField: textOf(row.Status_Field__c),
    }));
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.retryable) throw error;
    deps.log.warn({ err: error }, 'the settings of the mirror may not be read; nothing is copied');
    return [];
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
