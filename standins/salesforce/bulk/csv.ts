/** The data of a job cannot be read at all: the whole job fails with this message. */
export class DataRefused extends Error {
  override name = 'DataRefused';
}

export const DELIMITERS = {
  BACKQUOTE: '`',
  CARET: '^',
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t',
};

export const LINE_ENDINGS = { LF: '\n', CRLF: '\r\n' };

export interface CsvFormat {
  columnDelimiter: keyof typeof DELIMITERS;
  lineEnding: keyof typeof LINE_ENDINGS;
}

export interface CsvTable {
  columns: string[];
  rows: string[][];
}

/**
 * Reads what a client uploaded. A last line without an ending is taken; empty lines are not rows.
 * @throws DataRefused where line endings or the number of fields are not what they must be
 */
export function parseCsv(text: string, format: CsvFormat): CsvTable {
  const [columns = [], ...rows] = readRecords(text.replace(/^\uFEFF/, ''), format);
  for (const [index, row] of rows.entries()) {
    if (row.length === columns.length) continue;
    throw new DataRefused(
      `ClientInputError : Failed to parse CSV: row ${index + 1} has ${row.length} fields, the header has ${columns.length}`,
    );
  }
  return { columns, rows };
}

function readRecords(text: string, format: CsvFormat): string[][] {
  const delimiter = DELIMITERS[format.columnDelimiter];
  const records: string[][] = [];
  let record: string[] = [];
  let position = 0;
  while (position < text.length) {
    const field = text[position] === '"' ? quotedField(text, position) : plainField(text, position, delimiter);
    record.push(field.value);
    position = field.end;
    if (text[position] === delimiter) {
      position++;
      // A delimiter at the very end still has an empty field behind it.
      if (position === text.length) record.push('');
      else continue;
    }
    position = skipLineEnding(text, position, format);
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}

function quotedField(text: string, start: number): { value: string; end: number } {
  let value = '';
  for (let position = start + 1; ;) {
    const close = text.indexOf('"', position);
    if (close === -1) throw new DataRefused('ClientInputError : Failed to parse CSV: a quoted value has no end');
    value += text.slice(position, close);
    if (text[close + 1] !== '"') return { value, end: close + 1 };
    value += '"';
    position = close + 2;
  }
}

function plainField(text: string, start: number, delimiter: string): { value: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(start, end), end };
}

function skipLineEnding(text: string, position: number, { lineEnding }: CsvFormat): number {
  if (position === text.length) return position;
  const expected = LINE_ENDINGS[lineEnding];
  if (text.startsWith(expected, position)) return position + expected.length;
  if (text[position] === '\r' || text[position] === '\n') {
    throw new DataRefused(
      `ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${lineEnding}`,
    );
  }
  throw new DataRefused('ClientInputError : Failed to parse CSV: text follows a quoted value');
}

/** Writes a result as the platform does: every value in quotes. */
export function writeCsv({ columns, rows }: CsvTable, format: CsvFormat): string {
  const delimiter = DELIMITERS[format.columnDelimiter];
  const ending = LINE_ENDINGS[format.lineEnding];
  const line = (values: readonly string[]) =>
    values.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter) + ending;
  return [columns, ...rows].map(line).join('');
}
