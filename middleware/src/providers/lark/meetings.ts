import { z } from 'zod';
import { ProviderError } from '../../core/provider-error.ts';
import type { Meetings } from '../ports/meetings.ts';
import type { CallLark } from './business-call.ts';
import { toUnixSeconds } from './time.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Several people in one room; the other kind is a telephone call. */
const MULTI_PARTY = 1;
const RESERVE = '/vc/v1/reserves/:reserve_id';

const reserved = z.object({
  reserve: z.object({ id: z.string().min(1), meeting_no: z.string().min(1), url: z.string().min(1) }),
});

/** Lark's video meetings (VC v1 reservations). The person whose token is used owns the meeting. */
export function createMeetings({ callLark }: { callLark: CallLark }): Meetings {
  return {
    horizonMs: 30 * DAY,

    async reserve(accessToken, { topic, endsAt }) {
      const { reserve } = await callLark({
        method: 'POST',
        route: '/vc/v1/reserves/apply',
        query: { user_id_type: 'open_id' },
        body: { end_time: toUnixSeconds(endsAt), meeting_settings: { topic, meeting_initial_type: MULTI_PARTY } },
        token: accessToken,
        effect: 'once',
        data: reserved,
      });
      return { reserveId: reserve.id, url: reserve.url, meetingNumber: reserve.meeting_no };
    },

    async extend(accessToken, { reserveId, topic, endsAt }) {
      await callLark({
        method: 'PUT',
        route: RESERVE,
        path: { reserve_id: reserveId },
        query: { user_id_type: 'open_id' },
        body: { end_time: toUnixSeconds(endsAt), meeting_settings: { topic } },
        token: accessToken,
        effect: 'repeatable',
        data: z.unknown(),
      });
    },

    async release(accessToken, reserveId) {
      try {
        await callLark({
          method: 'DELETE',
          route: RESERVE,
          path: { reserve_id: reserveId },
          token: accessToken,
          effect: 'repeatable',
          data: z.unknown(),
        });
        return 'released';
      } catch (error) {
        if (error instanceof ProviderError && error.failure === 'not-found') return 'gone';
        throw error;
      }
    },
  };
}
