import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemActor } from '../../standins/salesforce/access/actor.ts';
import { SalesforceError } from '../../standins/salesforce/errors.ts';
import { loadSchema } from '../../standins/salesforce/schema/load-schema.ts';
import { createQueries } from '../../standins/salesforce/soql/run-query.ts';
import { openStore } from '../../standins/salesforce/store/open-store.ts';
import { sourcesOf } from '../../standins/salesforce/apex/load-program.ts';
import { problem } from './metadata-files.ts';
import { queriesOf, type ClassQuery } from '../../standins/salesforce/apex/queries-of.ts';

/** Platform objects that tests read and the local org does not hold: their fields. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = { StaticResource: ['Id', 'Name', 'Body'] };

export interface ApexQuery extends ClassQuery {
  file: string;
  inTest: boolean;
}

/** Every `[SELECT …]` of the classes. Files with syntax errors are left to the check of semantics. */
export function findQueries(folder: string): ApexQuery[] {
  return sourcesOf(folder).flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const inTest = /^\s*@IsTest\b/im.test(source);
    return queriesOf(source).map((query) => ({
      file: path.relative(path.resolve(folder, '../..'), file),
      ...query,
      inTest,
    }));
  });
}

/**
 * Objects, fields, relationships and clauses of every query, asked of an empty local org that nothing is hidden from;
 * apex-ls does not look into them. Queries outside of tests must say WITH USER_MODE.
 */
export function checkQueries(packageFolders: readonly string[]): string[] {
  const schema = loadSchema(packageFolders);
  const store = openStore(undefined, schema);
  try {
    const queries = createQueries({ schema, store });
    const actor = systemActor({ userId: '005000000000001AAA', username: 'check', timeZone: 'UTC' });
    return packageFolders.flatMap(findQueries).flatMap((query) => {
      const report = (what: string, remedy: string) => problem(query.file, query.line, what, remedy);
      const mode =
        query.inTest || /\sWITH\s+USER_MODE\b/i.test(query.soql)
          ? []
          : [report('the query lacks WITH USER_MODE', 'add it, so that it asks for the permissions of the user')];
      const elsewhere = elsewhereProblem(query.bare);
      if (elsewhere !== undefined) return [...mode, ...elsewhere.map((what) => report(what, 'correct the name'))];
      try {
        queries.run(query.bare, { actor, version: '65.0', now: new Date() });
        return mode;
      } catch (error) {
        if (!(error instanceof SalesforceError)) throw error;
        const said = error.message.replace(/\s+/g, ' ').trim();
        return [...mode, report(`${error.errorCode} (${said})`, 'correct the query')];
      }
    });
  } finally {
    store.close();
  }
}

/** Undefined for objects of the local org; else the names that the known ones lack. */
function elsewhereProblem(soql: string): string[] | undefined {
  const [, selected = '', object = '', field] =
    /^SELECT\s+(.+?)\s+FROM\s+(\w+)(?:\s+WHERE\s+(\w+))?/is.exec(soql) ?? [];
  const known = ELSEWHERE[object];
  if (!known) return undefined;
  const names = [...selected.split(',').map((name) => name.trim()), ...(field === undefined ? [] : [field])];
  return names.filter((name) => !known.includes(name)).map((name) => `${object} has no ${name}`);
}
