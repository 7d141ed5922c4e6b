import { parseQuery as parse, type Query, type QueryBase } from '@jetstreamapp/soql-parser-js';
import { malformedQuery } from '../errors.ts';

const LONGEST = 100_000;

/** Parses SOQL and refuses every clause that the local org does not answer. */
export function parseQuery(soql: string): Query & { sObject: string } {
  if (soql.length > LONGEST) throw malformedQuery(`SOQL statements cannot be longer than ${LONGEST} characters.`);
  let query: Query;
  try {
    query = parse(soql);
  } catch (error) {
    throw malformedQuery(error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unexpected token');
  }
  if (query.sObject === undefined || !query.fields?.length)
    throw malformedQuery('a query selects fields from an object');
  refuseUnsupported(query);
  return { ...query, sObject: query.sObject };
}

export function refuseUnsupported(query: QueryBase): void {
  const refused: [unknown, string][] = [
    [query.usingScope, 'USING SCOPE'],
    [query.withDataCategory, 'WITH DATA CATEGORY'],
    [query.withSecurityEnforced, 'WITH SECURITY_ENFORCED (Apex only)'],
    [query.withAccessLevel, 'WITH USER_MODE and SYSTEM_MODE (Apex only)'],
    [query.for, 'FOR'],
    [query.update, 'UPDATE'],
  ];
  for (const [used, name] of refused) if (used !== undefined) throw malformedQuery(`unexpected token: ${name}`);
}
