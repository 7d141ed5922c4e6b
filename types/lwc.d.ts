/** What the platform answers for the imports of the Lightning Web Components: as the Apex classes have it. */

interface ApexResult<Value> {
  data?: Value;
  error?: { body?: { message?: string } };
}

/** Usable both as a wire adapter (cacheable methods) and as a function. */
type ApexMethod<Parameters extends object, Value> = ((parameters?: Parameters) => Promise<Value>) &
  import('lwc').WireAdapterConstructor<any, ApexResult<Value>>;

interface TrainerDto {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
}

/** Times are ISO 8601 texts. */
interface ConnectionDto {
  readonly provider: string;
  readonly connected: boolean;
  readonly status: 'Not Connected' | 'Connected' | 'Needs Reconnect' | 'On Hold';
  readonly account: string | null;
  readonly heldAccount: string | null;
  readonly providerOff: boolean;
  readonly connectedAt: string | null;
  readonly lastRefresh: string | null;
  readonly tokenExpiresAt: string | null;
  readonly refreshExpiresAt: string | null;
  readonly consentExpiresAt: string | null;
  /** When the connection ends if nobody does anything; null: not connected, or nobody knows. */
  readonly forecast: { readonly endsAt: string; readonly reason: 'consent' | 'refresh-window' } | null;
  readonly scopes: readonly string[];
  readonly error: string | null;
}

interface BookableTrainerDto extends TrainerDto {
  readonly larkConnected: boolean;
}

interface MerchantDto {
  readonly reference: string;
  readonly name: string;
}

interface SlotDto {
  readonly start: string;
  readonly end: string;
}

interface AvailabilityDto {
  readonly trainer: { readonly id: string; readonly name: string; readonly larkConnected?: boolean };
  readonly timeZone: string;
  readonly slots: readonly SlotDto[];
  readonly busy: readonly SlotDto[];
  readonly unknown: readonly (SlotDto & { readonly reason: string })[];
  readonly notes: readonly string[];
}

/** About one trainer, or about several. */
type AvailabilityAnswer = AvailabilityDto | { readonly trainers: readonly AvailabilityDto[] };

/** `bookDate` is YYYY-MM-DD; the times are HH:mm in `timeZone`. */
interface BookingRequest {
  trainerId: string;
  merchantId?: string;
  merchantName: string;
  bookDate: string;
  startTime: string;
  endTime: string;
  timeZone: string;
  bookingType?: string;
  serviceType: string;
  storeAddress?: string;
  contactName?: string;
  contactEmail?: string;
  notes?: string;
  idempotencyKey: string;
}

interface BookingResult {
  readonly bookingId: string;
  readonly bookingName: string;
  readonly status: string;
  readonly meetingLink: string | null;
  readonly meetingLinkStatus: string;
  readonly message: string;
  readonly notes: readonly string[];
}

interface TimelineDto {
  readonly id: string;
  readonly step: string;
  readonly outcome: string;
  readonly message: string | null;
  readonly provider: string | null;
  readonly occurredAt: string;
  readonly actorName: string | null;
  readonly durationMs: number | null;
  readonly oldLink: string | null;
  readonly newLink: string | null;
}

interface MeetingDto {
  readonly bookingId: string;
  readonly bookingName: string;
  readonly status: string;
  readonly serviceType: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly timeZone: string;
  readonly meetingLink: string | null;
  readonly meetingLinkStatus: string | null;
  readonly meetingLinkSource: string | null;
  readonly syncStatus: string | null;
  readonly syncError: string | null;
  readonly trainerId: string;
  readonly trainerName: string;
  readonly trainerConnected: boolean;
  readonly merchantName: string | null;
  readonly bookingType: string;
  readonly mayChange: boolean;
  readonly timeline: readonly TimelineDto[];
}

declare module '@salesforce/apex' {
  /** @param wired the value a wire handed over, as it was */
  export function refreshApex(wired: unknown): Promise<void>;
}

declare module '@salesforce/apex/TrainerConnectionsController.getMyTrainer' {
  const method: ApexMethod<Record<string, never>, TrainerDto | null>;
  export default method;
}
declare module '@salesforce/apex/TrainerConnectionsController.getManagedTrainers' {
  const method: ApexMethod<Record<string, never>, readonly TrainerDto[]>;
  export default method;
}
declare module '@salesforce/apex/TrainerConnectionsController.getConnections' {
  const method: ApexMethod<{ trainerId: string }, readonly ConnectionDto[]>;
  export default method;
}
declare module '@salesforce/apex/TrainerConnectionsController.startConnect' {
  const method: ApexMethod<{ trainerId: string; provider: string; returnUrl: string }, string>;
  export default method;
}
declare module '@salesforce/apex/TrainerConnectionsController.disconnect' {
  const method: ApexMethod<{ trainerId: string; provider: string }, void>;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.getTrainers' {
  const method: ApexMethod<Record<string, never>, readonly BookableTrainerDto[]>;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.getMerchants' {
  const method: ApexMethod<Record<string, never>, readonly MerchantDto[]>;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.getAvailability' {
  const method: ApexMethod<{ trainerIds: readonly string[]; fromTime: string; toTime: string }, AvailabilityAnswer>;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.book' {
  const method: ApexMethod<{ request: BookingRequest }, BookingResult>;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.getMeeting' {
  const method: ApexMethod<{ bookingId: string }, MeetingDto>;
  export default method;
}

declare module '@salesforce/apex/TrainingBookingController.reschedule' {
  const method: ApexMethod<
    { bookingId: string; bookDate: string; startTime: string; endTime: string; timeZone: string },
    BookingResult
  >;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.reassign' {
  const method: ApexMethod<{ bookingId: string; trainerId: string }, BookingResult>;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.cancelBooking' {
  const method: ApexMethod<{ bookingId: string }, BookingResult>;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.regenerateLink' {
  const method: ApexMethod<{ bookingId: string }, BookingResult>;
  export default method;
}
declare module '@salesforce/apex/TrainingBookingController.setManualLink' {
  const method: ApexMethod<{ bookingId: string; link: string }, BookingResult>;
  export default method;
}

declare module '@salesforce/label/*' {
  const label: string;
  export default label;
}
declare module '@salesforce/schema/*' {
  const reference: { fieldApiName: string; objectApiName: string };
  export default reference;
}
declare module '@salesforce/resourceUrl/*' {
  const url: string;
  export default url;
}
declare module '@salesforce/customPermission/*' {
  /** true for those who have it, undefined for the others */
  const held: true | undefined;
  export default held;
}
declare module '@salesforce/user/Id' {
  const id: string;
  export default id;
}
declare module '@salesforce/i18n/*' {
  const text: string;
  export default text;
}

interface PageReference {
  type: string;
  attributes?: Record<string, unknown>;
  state?: Record<string, string>;
}

declare module 'lightning/navigation' {
  import type { LightningElement, WireAdapterConstructor } from 'lwc';

  const Navigate: unique symbol;
  const GenerateUrl: unique symbol;
  class NavigatingElement extends LightningElement {
    [Navigate](page: PageReference, replace?: boolean): void;
    [GenerateUrl](page: PageReference): Promise<string>;
  }
  export const NavigationMixin: ((base: typeof LightningElement) => typeof NavigatingElement) & {
    readonly Navigate: typeof Navigate;
    readonly GenerateUrl: typeof GenerateUrl;
  };
  export const CurrentPageReference: WireAdapterConstructor<any, PageReference | null>;
}

declare module 'lightning/platformShowToastEvent' {
  export class ShowToastEvent extends CustomEvent<unknown> {
    constructor(toast: {
      title: string;
      message?: string;
      messageData?: readonly unknown[];
      variant?: 'info' | 'success' | 'warning' | 'error';
      mode?: 'dismissible' | 'pester' | 'sticky';
    });
  }
}

declare module 'lightning/modal' {
  import { LightningElement } from 'lwc';

  export default class LightningModal extends LightningElement {
    label: string;
    size: 'small' | 'medium' | 'large' | 'full';
    description: string;
    disableClose: boolean;
    /** Resolves with what `close` was given; undefined when the person left by Escape or the cross. */
    static open(properties: {
      label: string;
      size?: 'small' | 'medium' | 'large' | 'full';
      description?: string;
      [property: string]: unknown;
    }): Promise<any>;
    close(result?: unknown): void;
  }
}

declare module 'lightning/uiRecordApi' {
  /** Tells Lightning that these records changed behind its back. */
  export function notifyRecordUpdateAvailable(records: readonly { recordId: string }[]): Promise<void>;
}
