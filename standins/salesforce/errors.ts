/** An error as the platform reports it: `[{message, errorCode, fields?}]` with an HTTP status. */
export class SalesforceError extends Error {
  override name = 'SalesforceError';
  readonly errorCode: string;
  readonly status: number;
  readonly fields: string[] | undefined;

  constructor(errorCode: string, message: string, status = 400, fields?: string[]) {
    super(message);
    this.errorCode = errorCode;
    this.status = status;
    this.fields = fields;
  }
}

export const malformedQuery = (message: string) => new SalesforceError('MALFORMED_QUERY', message);

export const invalidField = (message: string) => new SalesforceError('INVALID_FIELD', message);

export const jsonParserError = (message: string) => new SalesforceError('JSON_PARSER_ERROR', message);

export const noSuchColumn = (column: string, object: string) =>
  invalidField(`No such column '${column}' on sobject of type ${object}`);

export const unsupportedType = (name: string) =>
  new SalesforceError(
    'INVALID_TYPE',
    `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

export const notFound = (message = 'The requested resource does not exist') =>
  new SalesforceError('NOT_FOUND', message, 404);

export const noAccess = (message: string) => new SalesforceError('INSUFFICIENT_ACCESS_OR_READONLY', message, 403);

export const noAccessToReference = (fields: string[] = []) =>
  new SalesforceError(
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    'insufficient access rights on cross-reference id',
    403,
    fields,
  );
