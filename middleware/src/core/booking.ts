export const serviceTypes = ['Remote', 'Onsite'] as const;
export const bookingTypes = ['Training', 'Installation', 'Go Live'] as const;
export const bookingStatuses = ['Requested', 'Confirmed', 'Cancelled', 'Completed'] as const;
export const meetingLinkStatuses = [
  'Not Needed',
  'Pending',
  'Pending Trainer Setup',
  'Ready',
  'Manual',
  'Failed',
] as const;
export const meetingLinkSources = ['Lark Reservation', 'Lark Calendar', 'Manual'] as const;
export const syncStatuses = ['Pending', 'Synced', 'Conflict', 'Failed'] as const;

export type ServiceType = (typeof serviceTypes)[number];
export type BookingType = (typeof bookingTypes)[number];
export type BookingStatus = (typeof bookingStatuses)[number];
export type MeetingLinkStatus = (typeof meetingLinkStatuses)[number];
export type MeetingLinkSource = (typeof meetingLinkSources)[number];
export type SyncStatus = (typeof syncStatuses)[number];

/** A row of `Training_Booking__c`. Instants are UTC; `timeZone` is the IANA zone that people read them in. */
export interface Booking {
  id: string;
  /** `TB-00042` */
  name: string;
  trainerId: string;
  merchantReference: string | undefined;
  merchantName: string | undefined;
  contactName: string | undefined;
  contactEmail: string | undefined;
  start: Date;
  end: Date;
  timeZone: string;
  serviceType: ServiceType;
  bookingType: BookingType;
  status: BookingStatus;
  storeAddress: string | undefined;
  notes: string | undefined;
  meetingLink: string | undefined;
  meetingLinkStatus: MeetingLinkStatus | undefined;
  meetingLinkSource: MeetingLinkSource | undefined;
  syncStatus: SyncStatus | undefined;
  syncKey: string | undefined;
  revision: number;
  syncedRevision: number | undefined;
}
