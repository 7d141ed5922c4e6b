import { z } from 'zod';
import { toLongId } from '../../core/salesforce-id.ts';
import { anywhere, soql, type Soql } from '../../salesforce/records.ts';

export const listedStates = ['connected', 'needs-reconnect', 'on-hold', 'not-connected', 'expiring'] as const;
export type ListedState = (typeof listedStates)[number];

const number = z.string().regex(/^\d{1,3}$/, 'must be a number from 1 to 200');

export const connectionListQuery = z.strictObject({
  provider: z.enum(['lark'], 'must be lark').default('lark'),
  state: z.enum(listedStates, `must be one of ${listedStates.join(', ')}`).optional(),
  search: z.string('give one text').trim().max(80, 'must not be longer than 80 characters').optional(),
  after: z
    .string('give one id')
    .refine((id) => toLongId(id) !== undefined, 'must be the value of page.next')
    .optional(),
  limit: number
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 200, 'must be a number from 1 to 200')
    .default(50),
});
export type ConnectionListQuery = z.infer<typeof connectionListQuery>;

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

/** One page by id, with one row more than asked for: whether it is there says whether there is a next page. */
export function pageOfTrainers(fields: Soql, query: ConnectionListQuery, now: Date): Soql {
  const { state, search, after } = query;
  const further = [
    ...(state === undefined ? [] : [inState(state, now)]),
    ...(search === undefined || search === ''
      ? []
      : [soql`(Name LIKE ${anywhere(search)} OR Email__c LIKE ${anywhere(search)})`]),
    ...(after === undefined ? [] : [soql`Id > ${after}`]),
  ];
  const where = further.reduce((all, one) => soql`${all} AND ${one}`, active);
  return soql`SELECT ${fields} FROM Onboarding_Trainer__c WHERE ${where} ORDER BY Id ASC LIMIT ${query.limit + 1}`;
}
