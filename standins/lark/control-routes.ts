import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { LarkControl } from './observer.ts';

const person = { openId: z.string().optional(), email: z.string().optional() };
const PERSON = z.strictObject(person);
const EVENT = z.strictObject({
  ...person,
  start: z.iso.datetime({ offset: true }),
  end: z.iso.datetime({ offset: true }),
  summary: z.string(),
  free: z.boolean().optional(),
  calendarId: z.string().optional(),
});
const CALENDAR = z.strictObject({ ...person, summary: z.string() });
const ACCOUNT = z.strictObject({
  ...person,
  resigned: z.boolean().optional(),
  inContactRange: z.boolean().optional(),
});
const SCOPES = z.strictObject({ scopes: z.array(z.string()) });
const APP = z.strictObject({
  disabled: z.boolean().optional(),
  installed: z.boolean().optional(),
  refreshSwitch: z.boolean().optional(),
});

/**
 * The same control for another process, below `/__standin/lark`. People are named by `openId` or `email`.
 *
 * | request                          | what                                                            |
 * | -------------------------------- | --------------------------------------------------------------- |
 * | GET `accounts`                   | everybody with their ids                                        |
 * | GET `events?email=`              | a calendar (without a person: the app's own)                    |
 * | GET `reservations?email=`        | reservations, and whether an event shows them                   |
 * | GET `exchanges`                  | every call of the token endpoint                                |
 * | POST `calendars`                 | `{email, summary}` adds a calendar                              |
 * | POST `events`                    | `{email, start, end, summary, free?, calendarId?}`: busy time   |
 * | POST `revoke`                    | `{email}` withdraws the consent                                 |
 * | POST `expire-access-tokens`      | `{email}`                                                       |
 * | POST `account`                   | `{email, resigned?, inContactRange?}`                           |
 * | POST `withhold-scopes`           | `{scopes}` that no user gets                                    |
 * | POST `app`                       | `{disabled?, installed?, refreshSwitch?}`                       |
 */
export function serveControl(router: Router, lark: LarkControl): void {
  const openIdOf = ({ openId, email }: { openId?: string; email?: string }) =>
    openId ?? lark.accounts.find((account) => email && account.email?.toLowerCase() === email.toLowerCase())?.openId;
  const somebody = (named: { openId?: string; email?: string }) => {
    const openId = openIdOf(named);
    if (openId === undefined) throw new Error(`no account ${named.email ?? '(name an openId or email)'}`);
    return openId;
  };
  const asked = (query: unknown) => {
    const named = PERSON.parse(query);
    return named.openId === undefined && named.email === undefined ? undefined : somebody(named);
  };
  const get = (name: string, read: (query: unknown) => unknown) =>
    router.get(`/lark/${name}`, (request: Request, response: Response) => {
      answer(response, () => read(request.query));
    });
  const post = <T extends z.ZodType>(name: string, schema: T, act: (body: z.infer<T>) => unknown) =>
    router.post(`/lark/${name}`, (request: Request, response: Response) => {
      answer(response, () => act(schema.parse(request.body)) ?? {});
    });

  get('accounts', () => lark.accounts);
  get('events', (query) => lark.events(asked(query)));
  get('reservations', (query) => lark.reservations(asked(query)));
  get('exchanges', () => lark.tokenExchanges());
  post('calendars', CALENDAR, ({ summary, ...named }) => ({ calendarId: lark.addCalendar(somebody(named), summary) }));
  post('events', EVENT, ({ start, end, summary, free, calendarId, ...named }) => {
    const times = { start: new Date(start), end: new Date(end) };
    const rest = { ...(free ? { free } : {}), ...(calendarId === undefined ? {} : { calendarId }) };
    return { eventId: lark.addEvent(somebody(named), { ...times, summary, ...rest }) };
  });
  post('revoke', PERSON, (named) => lark.revoke(somebody(named)));
  post('expire-access-tokens', PERSON, (named) => lark.expireAccessTokens(somebody(named)));
  post('account', ACCOUNT, ({ openId, email, ...change }) => lark.changeAccount(somebody({ openId, email }), change));
  post('withhold-scopes', SCOPES, ({ scopes }) => lark.withholdScopes(scopes));
  post('app', APP, ({ disabled, installed, refreshSwitch }) =>
    lark.changeApp({
      ...(disabled === undefined ? {} : { appDisabled: disabled }),
      ...(installed === undefined ? {} : { appInstalled: installed }),
      ...(refreshSwitch === undefined ? {} : { refreshSwitch }),
    }),
  );
}

function answer(response: Response, work: () => unknown): void {
  try {
    response.json(work());
  } catch (error) {
    response.status(400).json({ error: error instanceof Error ? error.message : String(error) });
  }
}
