import { XMLParser } from 'fast-xml-parser';
import { SalesforceError } from '../errors.ts';

/** One call of a SOAP API. */
export interface SoapCall {
  operation: string;
  sessionId: string;
  /** The operation's arguments: texts, or objects and lists of them. */
  given: Record<string, unknown>;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  removeNSPrefix: true,
  // A zip of several megabytes is one text.
  processEntities: true,
});

/** @throws SalesforceError for what is no envelope */
export function readEnvelope(text: string): SoapCall {
  const envelope = asObject((parser.parse(text) as Record<string, unknown>)['Envelope']);
  const body = asObject(envelope['Body']);
  const [operation] = Object.keys(body);
  if (operation === undefined) throw new SalesforceError('INVALID_OPERATION', 'The SOAP body is empty', 500);
  const sessionId = asObject(asObject(envelope['Header'])['SessionHeader'])['sessionId'];
  return {
    operation,
    sessionId: typeof sessionId === 'string' ? sessionId : '',
    given: asObject(body[operation]),
  };
}

export function asObject(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asList(value: unknown): unknown[] {
  if (value === undefined || value === '') return [];
  return Array.isArray(value) ? value : [value];
}

export const asText = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const METADATA = 'http://soap.sforce.com/2006/04/metadata';

/** An answer: lists become repeated elements, null becomes xsi:nil. */
export function soapAnswer(operation: string, result: unknown): string {
  return envelope(`<${operation}Response>${toXml('result', result)}</${operation}Response>`);
}

export function soapFault({ errorCode, message }: SalesforceError): string {
  const code = `sf:${errorCode}`;
  return envelope(
    `<soapenv:Fault><faultcode>${code}</faultcode><faultstring>${escaped(`${errorCode}: ${message}`)}</faultstring></soapenv:Fault>`,
  );
}

function envelope(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="${METADATA}" xmlns="${METADATA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

function toXml(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return `<${name} xsi:nil="true"/>`;
  if (Array.isArray(value)) return value.map((one) => toXml(name, one)).join('');
  if (typeof value === 'object') {
    const inner = Object.entries(value).map(([key, one]) => toXml(key, one));
    return `<${name}>${inner.join('')}</${name}>`;
  }
  return `<${name}>${escaped(typeof value === 'string' ? value : JSON.stringify(value))}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
