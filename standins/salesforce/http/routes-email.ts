import { jsonParserError } from '../errors.ts';
import { isEmailAddress } from '../save/check-value.ts';
import { isJsonObject } from '../save/read-payload.ts';
import { bodyObject, onlyParameters, type ApiAnswer, type ApiRequest } from './api.ts';
import type { Mail } from './outbox.ts';

const INPUTS = ['emailAddresses', 'emailSubject', 'emailBody', 'senderType', 'senderAddress'];
const MOST_ADDRESSES = 5;
const LONGEST_SUBJECT = 255;
const LONGEST_BODY = 32_000;

class InputRefused extends Error {
  override name = 'InputRefused';
  readonly statusCode: string;
  constructor(statusCode: string, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** `/actions/standard/emailSimple`: plain text to at most five addresses; the mail lands in the outbox. */
export function emailRoute(request: ApiRequest): ApiAnswer | undefined {
  if (request.method !== 'POST' || request.path.join('/') !== 'actions/standard/emailSimple') return undefined;
  onlyParameters(request);
  const { inputs } = bodyObject(request, 'inputs');
  if (!Array.isArray(inputs) || inputs.length === 0) throw jsonParserError('inputs must be a list');
  const results = inputs.map((input: unknown) => sendOne(request, input));
  return { status: results.every((result) => result['isSuccess']) ? 200 : 400, body: results };
}

function sendOne(request: ApiRequest, input: unknown): Record<string, unknown> {
  try {
    const mail = readMail(request, input);
    if (!request.org.limits.SingleEmail.take(mail.to.length)) {
      throw new InputRefused(
        'SINGLE_EMAIL_LIMIT_EXCEEDED',
        'The daily limit for the org would be exceeded by this request',
      );
    }
    request.org.outbox.add(mail);
    const version = 1;
    return {
      actionName: 'emailSimple',
      errors: null,
      isSuccess: true,
      invocationId: null,
      outputValues: null,
      sortOrder: -1,
      version,
    };
  } catch (error) {
    if (!(error instanceof InputRefused)) throw error;
    const errors = [{ statusCode: error.statusCode, message: error.message, fields: [] }];
    return { actionName: 'emailSimple', errors, isSuccess: false, outputValues: null };
  }
}

function readMail(request: ApiRequest, input: unknown): Mail {
  if (!isJsonObject(input)) throw jsonParserError('an input must be an object');
  for (const [name, value] of Object.entries(input)) {
    if (!INPUTS.includes(name)) throw new InputRefused('INVALID_API_INPUT', `Unknown input parameter: ${name}`);
    if (typeof value !== 'string') throw jsonParserError(`Cannot deserialize instance of string for ${name}`);
  }
  const text = (name: string) => ((input[name] as string | undefined) ?? '').trim();
  for (const name of ['emailAddresses', 'emailSubject', 'emailBody']) {
    if (text(name) === '') {
      throw new InputRefused('REQUIRED_FIELD_MISSING', `Missing required input parameter: ${name}`);
    }
  }
  const to = text('emailAddresses')
    .split(',')
    .map((address) => address.trim());
  if (to.length > MOST_ADDRESSES) {
    throw new InputRefused('LIMIT_EXCEEDED', `At most ${MOST_ADDRESSES} addresses are allowed`);
  }
  for (const address of to) {
    if (!isEmailAddress(address)) {
      throw new InputRefused('INVALID_EMAIL_ADDRESS', `Email address is invalid: ${address}`);
    }
  }
  if (text('emailSubject').length > LONGEST_SUBJECT || text('emailBody').length > LONGEST_BODY) {
    throw new InputRefused('STRING_TOO_LONG', 'The subject or body is too long');
  }
  const { actor, org } = request;
  return {
    sentAt: org.now().toISOString(),
    sentBy: actor.username,
    from: senderOf(request, text('senderType'), text('senderAddress')),
    to,
    subject: text('emailSubject'),
    body: text('emailBody'),
  };
}

function senderOf(request: ApiRequest, type: string, address: string): string {
  const { actor, org } = request;
  if (type === 'OrgWideEmailAddress') {
    if (!org.orgWideAddresses.includes(address)) {
      throw new InputRefused('INVALID_API_INPUT', `${address || 'Nothing'} is not an organization-wide address`);
    }
    return address;
  }
  if (address !== '') {
    throw new InputRefused('INVALID_API_INPUT', 'senderAddress needs senderType OrgWideEmailAddress');
  }
  if (type !== '' && type !== 'CurrentUser' && type !== 'DefaultWorkflowUser') {
    throw new InputRefused('INVALID_API_INPUT', `senderType ${type} is not known`);
  }
  const user = org.store.get('SELECT "Email" AS email FROM "User" WHERE "Id" = ?', actor.userId);
  return String(user?.['email']);
}
