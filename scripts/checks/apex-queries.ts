import { ApexParserFactory, BoundExpressionContext, SoqlLiteralContext } from '@apexdevtools/apex-parser';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemActor } from '../../standins/salesforce/access/actor.ts';
import { SalesforceError } from '../../standins/salesforce/errors.ts';
import { loadSchema } from '../../standins/salesforce/schema/load-schema.ts';
import { createQueries } from '../../standins/salesforce/soql/run-query.ts';
import { openStore } from '../../standins/salesforce/store/open-store.ts';
import { sourcesOf } from '../../standins/salesforce/apex/load-program.ts';
import { partsOf } from '../../standins/salesforce/apex/read-parts.ts';

/** Platform objects that tests read and the local org does not hold: their fields. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = { StaticResource: ['Id', 'Name', 'Body'] };

export interface ApexQuery {
  file: string;
  line: number;
  /** As it stands there, without brackets. */
  soql: string;
  /** The same with `null` for every bind and without the access mode, which only Apex has. */
  bare: string;
  inTest: boolean;
}

/** Every `[SELECT …]` of the classes. Files with syntax errors are left to the check of semantics. */
export function findQueries(folder: string): ApexQuery[] {
  return sourcesOf(folder).flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const inTest = /^\s*@IsTest\b/im.test(source);
    const unit = ApexParserFactory.createParser(source).compilationUnit();
    return partsOf(unit, SoqlLiteralContext).map((literal) => {
      const query = literal.query();
      const start = query.start.start;
      const end = (query.stop ?? query.start).stop + 1;
      const soql = source.slice(start, end);
      let bare = soql;
      for (const bind of partsOf(query, BoundExpressionContext).reverse()) {
        const [from, to] = [bind.start.start - start, (bind.stop ?? bind.start).stop + 1 - start];
        const inList = /\bIN\s*$/i.test(bare.slice(0, from));
        bare = `${bare.slice(0, from)}${inList ? '(null)' : 'null'}${bare.slice(to)}`;
      }
      const line = query.start.line;
      return { file: path.basename(file), line, soql, bare: bare.replace(/\sWITH\s+USER_MODE\b/i, ' '), inTest };
    });
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
      const where = `${query.file}:${query.line}`;
      const mode = query.inTest || /\sWITH\s+USER_MODE\b/i.test(query.soql) ? [] : [`${where} lacks WITH USER_MODE`];
      const elsewhere = elsewhereProblem(query.bare);
      if (elsewhere !== undefined) return [...mode, ...elsewhere.map((problem) => `${where} ${problem}`)];
      try {
        queries.run(query.bare, { actor, version: '65.0', now: new Date() });
        return mode;
      } catch (error) {
        if (!(error instanceof SalesforceError)) throw error;
        return [...mode, `${where} ${error.errorCode}: ${error.message}`];
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
