import type { Interval } from '../../core/interval.ts';

export interface FreeBusy {
  /** When the person is busy between `from` and `to`. Throws `ProviderError`; never answers "free" instead of failing. */
  busy(accessToken: string, request: { subjectId: string; from: Date; to: Date }): Promise<Interval[]>;
}
