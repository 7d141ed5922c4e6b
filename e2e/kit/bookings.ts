import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator, Page, Route } from 'playwright-core';
import type { SampleTrainer } from '../../middleware/test/kit/world.ts';
import { callSalesforce, INTEGRATION } from './salesforce.ts';
import type { Stage } from './stage.ts';

export const pageOf = ({ bookingId }: { bookingId: string }): string =>
  `/lightning/r/Training_Booking__c/${bookingId}/view`;

export const dialog = (page: Page): Locator => page.getByRole('dialog');
export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
/** The button that opens a modal, and the one in it that acts, may have one name. */
export const act = (page: Page, name: string): Locator => dialog(page).getByRole('button', { name, exact: true });

export async function trainerOf(stage: Pick<Stage, 'standins'>, email: string): Promise<SampleTrainer> {
  const query = `SELECT Id, Name, Email__c, Time_Zone__c FROM Onboarding_Trainer__c WHERE Email__c = '${email}'`;
  const { records } = await callSalesforce<{ records: SampleTrainer[] }>(
    stage,
    'GET',
    `/query?q=${encodeURIComponent(query)}`,
  );
  return records[0] ?? assert.fail(email);
}

/** A day some weeks ahead, YYYY-MM-DD; Sunday is 0. */
export function dayInWeeks(stage: Pick<Stage, 'standins'>, weeks: number, weekday = 3): string {
  const date = new Date(stage.standins.clock.now().getTime() + weeks * 7 * 86_400_000);
  date.setUTCDate(date.getUTCDate() + ((weekday - date.getUTCDay() + 7) % 7));
  return date.toISOString().slice(0, 10);
}

/** A remote training of an hour as the middleware itself may write it: in any state, and it is not looked at again. */
export async function insertBooking(
  stage: Pick<Stage, 'standins'>,
  trainer: SampleTrainer,
  start: string,
  values: object = {},
): Promise<{ bookingId: string }> {
  const { id } = await callSalesforce<{ id: string }>(
    stage,
    'POST',
    '/sobjects/Training_Booking__c',
    {
      Trainer__c: trainer.Id,
      Start__c: start,
      End__c: new Date(Date.parse(start) + 3_600_000).toISOString(),
      Time_Zone__c: trainer.Time_Zone__c,
      Service_Type__c: 'Remote',
      Booking_Type__c: 'Training',
      Status__c: 'Confirmed',
      Merchant_Reference__c: 'M-1001',
      Merchant_Name__c: 'Blue Lantern Noodles',
    },
    INTEGRATION,
  );
  await showBooking(stage, { bookingId: id }, values);
  return { bookingId: id };
}

/** Higher than any revision: what is shown waits for no pass. */
let shownRevision = 1_000;

/** Results of a pass that did not take place. */
export async function showBooking(
  stage: Pick<Stage, 'standins'>,
  { bookingId }: { bookingId: string },
  values: object,
): Promise<void> {
  await callSalesforce(
    stage,
    'PATCH',
    `/sobjects/Training_Booking__c/${bookingId}`,
    { Sync_Status__c: 'Synced', Sync_Error__c: null, ...values, Synced_Revision__c: ++shownRevision },
    INTEGRATION,
  );
}

/** Salesforce's calls arrive and are answered, but the answers are lost on their way. @returns what ends that */
export async function loseAnswers(stage: Stage): Promise<() => void> {
  const { salesforce } = stage.standins;
  const way = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { host: _own, connection: _ours, 'content-length': _counted, ...headers } = request.headers;
      void fetch(stage.middleware.url + (request.url ?? ''), {
        method: request.method ?? 'GET',
        headers: headers as Record<string, string>,
        ...(parts.length === 0 ? {} : { body: Buffer.concat(parts) }),
      }).finally(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  const { port } = way.address() as AddressInfo;
  salesforce.configureNamedCredential('Trainer_Connect', { ...stage.middleware, url: `http://127.0.0.1:${port}` });
  return () => {
    salesforce.configureNamedCredential('Trainer_Connect', stage.middleware);
    way.close();
  };
}

/** Nobody answers Salesforce's calls. @returns what ends that */
export function breakTheWay(stage: Stage): () => void {
  const { salesforce } = stage.standins;
  salesforce.configureNamedCredential('Trainer_Connect', { ...stage.middleware, url: 'http://127.0.0.1:9' });
  return () => salesforce.configureNamedCredential('Trainer_Connect', stage.middleware);
}

/** What the page asks of Apex next waits until the returned function is called. */
export async function holdApex(page: Page, method: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hold = async (route: Route) => {
    await promise;
    await route.fallback();
  };
  await page.route(`**/apex/TrainingBookingController.${method}`, hold, { times: 1 });
  return () => resolve();
}

/** The page's next call of Apex is refused, as our Apex tells it. */
export async function refuseApex(page: Page, method: string): Promise<void> {
  const refusal = { code: 'salesforce_refused', message: 'Salesforce refused this: Too many query rows: 50001' };
  await page.route(
    `**/apex/TrainingBookingController.${method}`,
    (route) => route.fulfill({ status: 500, json: { message: JSON.stringify(refusal) } }),
    { times: 1 },
  );
}
