import type { Calendar } from './calendar.ts';
import type { Directory } from './directory.ts';
import type { EventReader } from './event-reader.ts';
import type { FreeBusy } from './free-busy.ts';
import type { Invitations } from './invitations.ts';
import type { Meetings } from './meetings.ts';
import type { OAuthProvider } from './oauth.ts';

/** What one provider can do. A capability that it lacks is absent. */
export interface Provider {
  oauth: OAuthProvider;
  directory?: Directory;
  meetings?: Meetings;
  calendar?: Calendar;
  invitations?: Invitations;
  events?: EventReader;
  freeBusy?: FreeBusy;
}
