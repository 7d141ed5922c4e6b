import { ApexParserFactory, BoundExpressionContext, SoqlLiteralContext } from '@apexdevtools/apex-parser';
import { partsOf } from './read-parts.ts';

export interface ClassQuery {
  line: number;
  /** As it stands there, without brackets. */
  soql: string;
  /** The same with `null` for every bind and without the access mode, which only Apex has. */
  bare: string;
}

/** Every `[SELECT …]` of a class; what stands behind a syntax error is left out. */
export function queriesOf(source: string): ClassQuery[] {
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
    return { line: query.start.line, soql, bare: bare.replace(/\sWITH\s+USER_MODE\b/i, ' ') };
  });
}
