import type { Request } from 'express';
import { z } from 'zod';
import { USER_ID_TYPES, type UserIdType } from './accounts.ts';
import { requireScope, type Caller } from './gateway.ts';
import { parseQuery } from './parse-body.ts';

/** The query of calls that take nothing but `user_id_type`. */
const QUERY = z.strictObject({ user_id_type: z.enum(USER_ID_TYPES).optional() });

/**
 * Which kind of id the call speaks; `open_id` unless told. The per-tenant `user_id` needs its own scope (rule 0).
 */
export function readUserIdType(caller: Caller, request: Request): UserIdType {
  return allowUserIdType(caller, parseQuery(QUERY, request).user_id_type);
}

export function allowUserIdType(caller: Caller, type: UserIdType | undefined): UserIdType {
  if (type === 'user_id') requireScope(caller, ['contact:user.employee_id:readonly']);
  return type ?? 'open_id';
}
