/**
 * The key that an administrator enters in the Named Credential: that of the caller `salesforce` in the middleware's
 * `API_KEYS` (`name:scope+scope:key, …`).
 * @throws Error where the list has no such caller.
 */
export function salesforceKey(apiKeys: string | undefined): string {
  const callers = (apiKeys ?? '').split(',').map((caller) => caller.trim().split(':'));
  const key = callers
    .find(([name]) => name === 'salesforce')
    ?.slice(2)
    .join(':');
  if (!key) throw new Error('API_KEYS has no caller named salesforce.');
  return key;
}
