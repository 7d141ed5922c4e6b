/** Environment variable with the middleware's address: the Named Credential gets it while it is deployed. */
export const URL_VARIABLE = 'TRAINER_CONNECT_URL';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The middleware's address. @throws Error for none, and for one that would send keys in the clear */
export function middlewareUrl(environment: NodeJS.ProcessEnv): string {
  const given = environment[URL_VARIABLE] ?? '';
  if (given === '') throw new Error(`${URL_VARIABLE} is missing: the address of the middleware, https://…`);
  const url = URL.parse(given);
  if (!url) throw new Error(`${URL_VARIABLE} is no address: ${given}`);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!isSafe) throw new Error(`${URL_VARIABLE} must start with https:// (http only on this machine), not ${given}`);
  if (url.username !== '' || url.password !== '') throw new Error(`${URL_VARIABLE} must not hold a password`);
  return given.replace(/\/$/, '');
}
