/**
 * Faults on demand. A fault is used up after `times` matching requests (1 unless told; 0 = until removed).
 *
 * | kind               | what the caller sees                                             | effect happens |
 * | ------------------ | ---------------------------------------------------------------- | -------------- |
 * | `latency`          | the real answer, `milliseconds` late                             | yes            |
 * | `status`           | `status`, `headers` and `body` as given                          | no             |
 * | `drop`             | the connection closes before anything happens                    | no             |
 * | `effect-then-drop` | the connection closes after the effect                           | yes            |
 * | `withhold`         | nothing, until the fault is released or the caller gives up      | yes            |
 */
export type FaultKind = 'latency' | 'status' | 'drop' | 'effect-then-drop' | 'withhold';

export interface FaultRequest {
  kind: FaultKind;
  method?: string;
  /** Regular expression source, tested against the path without query. Absent: every path. */
  path?: string;
  /** How many matching requests are let through untouched first. */
  skip?: number;
  times?: number;
  milliseconds?: number;
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Fault extends FaultRequest {
  id: number;
  seen: number;
  used: number;
  /** Resolves when the fault is released; only `withhold` waits for it. */
  released: Promise<void>;
}

export interface Faults {
  add(request: FaultRequest): Fault;
  /** The fault that applies to this request, already counted as used. */
  take(method: string, path: string): Fault | undefined;
  /** Answers everything that is withheld and removes the fault (all faults without an id). */
  release(id?: number): void;
  list(): Fault[];
}

export function createFaults(): Faults {
  let faults: (Fault & { open: () => void })[] = [];
  let nextId = 1;
  return {
    add(request) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const fault = { ...request, id: nextId++, seen: 0, used: 0, released: promise, open: () => resolve() };
      faults.push(fault);
      return fault;
    },
    take(method, path) {
      for (const fault of faults) {
        if (fault.method !== undefined && fault.method !== method) continue;
        if (fault.path !== undefined && !new RegExp(fault.path).test(path)) continue;
        const times = fault.times ?? 1;
        if (times !== 0 && fault.used >= times) continue;
        if (fault.seen++ < (fault.skip ?? 0)) continue;
        fault.used++;
        return fault;
      }
      return undefined;
    },
    release(id) {
      for (const fault of faults) if (id === undefined || fault.id === id) fault.open();
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id);
    },
    list: () => [...faults],
  };
}
