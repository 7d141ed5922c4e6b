import { serviceTypeOf, type BookTrainingBody } from './booking-request.ts';
import type { StoredBooking } from './booking-row.ts';

/** Whether a request for the merchant and time of this booking asks for nothing else than what the booking is. */
export function saysTheSame(body: BookTrainingBody, booking: StoredBooking): boolean {
  return (
    body.bookingType === booking.bookingType &&
    serviceTypeOf(body) === booking.serviceType &&
    isSame(body.merchantName, booking.merchantName) &&
    isSame(body.storeAddress, booking.storeAddress) &&
    isSame(body.contactName, booking.contactName) &&
    isSame(body.contactEmail?.toLowerCase(), booking.contactEmail?.toLowerCase()) &&
    isSame(body.notes, booking.notes)
  );
}

/** Salesforce is sent `@(` for `@{`, and may keep line breaks of its own. */
function isSame(asked: string | undefined, stored: string | undefined): boolean {
  return plain(asked) === plain(stored);
}

function plain(text: string | undefined): string {
  return (text ?? '').replaceAll('@{', '@(').replaceAll(/\s+/g, ' ').trim();
}
