import { z } from 'zod';
import { anywhere, soql, type Soql } from '../../salesforce/records.ts';
import { readCursor, sorts } from './list-order.ts';

export const listedStates = ['connected', 'needs-reconnect', 'on-hold', 'not-connected', 'expiring'] as const;
export type ListedState = (typeof listedStates)[number];

const number = z.string().regex(/^\d{1,3}$/, 'must be a number from 1 to 200');

const parameters = z.strictObject({
  provider: z.enum(['lark'], 'must be lark').default('lark'),
  state: z.enum(listedStates, `must be one of ${listedStates.join(', ')}`).optional(),
  search: z.string('give one text').trim().max(80, 'must not be longer than 80 characters').optional(),
  sort: z.enum(sorts, `must be one of ${sorts.join(', ')}`).default('name'),
  direction: z.enum(['asc', 'desc'], 'must be asc or desc').default('asc'),
  after: z.string('give one position').max(1_000).optional(),
  limit: number
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 200, 'must be a number from 1 to 200')
    .default(50),
});

/** A position counts for the order and the filters of the page that gave it. */
export const connectionListQuery = parameters.transform(({ after, ...query }, context) => {
  if (after === undefined) return { ...query, after: undefined };
  const cursor = readCursor(after, query);
  if (cursor) return { ...query, after: cursor };
  const message = 'must be the value of page.next of the same list, with the same order and filters';
  context.addIssue({ code: 'custom', path: ['after'], message });
  return z.NEVER;
});
export type ConnectionListQuery = z.output<typeof connectionListQuery>;

const DAY_MS = 86_400_000;
/** As far ahead as the first mail about it. */
const ENDS_SOON_MS = 14 * DAY_MS;

/** Active trainers; what an inactive one was connected to is nobody's task. */
export const active = soql`Active__c = true`;

/** Connections whose refresh window or consent ends within a day: for healthy ones both are further away. */
export function expiringWithinADay(now: Date): Soql {
  const tomorrow = new Date(now.getTime() + DAY_MS);
  return soql`(Lark_Connection_Status__c = 'Connected'
    AND (Lark_Refresh_Expires_At__c <= ${tomorrow} OR Lark_Consent_Expires_At__c <= ${tomorrow}))`;
}

/** The same, and those whose consent ends within 14 days. */
export function endingSoon(now: Date): Soql {
  const soon = new Date(now.getTime() + ENDS_SOON_MS);
  const tomorrow = new Date(now.getTime() + DAY_MS);
  return soql`(Lark_Connection_Status__c = 'Connected'
    AND (Lark_Refresh_Expires_At__c <= ${tomorrow} OR Lark_Consent_Expires_At__c <= ${soon}))`;
}

function inState(state: ListedState, now: Date): Soql {
  switch (state) {
    case 'connected':
      return soql`Lark_Connection_Status__c = 'Connected'`;
    case 'needs-reconnect':
      return soql`Lark_Connection_Status__c = 'Needs Reconnect'`;
    case 'on-hold':
      return soql`Lark_Connection_Status__c = 'On Hold'`;
    case 'not-connected':
      return soql`(Lark_Connection_Status__c = 'Not Connected' OR Lark_Connection_Status__c = null)`;
    case 'expiring':
      return endingSoon(now);
  }
}

/** Whom the list is about, without the place in it. */
export function listed({ state, search }: Pick<ConnectionListQuery, 'state' | 'search'>, now: Date): Soql {
  const filters = [
    ...(state === undefined ? [] : [inState(state, now)]),
    ...(search === undefined || search === ''
      ? []
      : [soql`(Name LIKE ${anywhere(search)} OR Email__c LIKE ${anywhere(search)})`]),
  ];
  return filters.reduce((all, one) => soql`${all} AND ${one}`, active);
}
