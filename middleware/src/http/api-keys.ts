import type { z } from 'zod';
import type { ApiKey } from './authenticate.ts';
import { apiScopes, type ApiScope } from './caller.ts';

/** Reads `name:scope+scope:key`, a comma list. Problems name the entry by its place, never by its text: it holds a key. */
export function parseApiKeys(value: string, context: z.RefinementCtx): ApiKey[] {
  const seen = new Set<string>();
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry, index) => {
      const [name = '', scopeList = '', ...rest] = entry.split(':');
      const key = rest.join(':');
      const scopes = scopeList.split('+');
      const unknown = scopes.filter((scope) => !apiScopes.includes(scope as ApiScope));
      const problem = (message: string) => {
        context.addIssue({ code: 'custom', message: `entry ${index + 1}: ${message}` });
      };
      if (!name || !key) problem('must be name:scope+scope:key');
      else if (unknown.length > 0) problem(`unknown scope ${unknown.join(', ')} (known: ${apiScopes.join(', ')})`);
      else if (key.length < 24) problem('the key must have at least 24 characters');
      if (seen.has(name)) problem('this name is used twice');
      if (seen.has(key)) problem("this key is another caller's already");
      seen.add(name).add(key);
      return { name, scopes: scopes as ApiScope[], key };
    });
}
