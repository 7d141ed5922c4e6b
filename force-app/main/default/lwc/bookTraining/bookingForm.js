import { dayIn, wallTime } from 'c/zonedTime';

/**
 * What a person fills in, without the time.
 * @typedef {object} BookingForm
 * @property {string} [trainerId] or `anyone`
 * @property {MerchantDto} [merchant]
 * @property {string} serviceType remote or onsite
 * @property {string} bookingType
 * @property {string} storeAddress
 * @property {string} contactName
 * @property {string} contactEmail
 * @property {string} notes
 */

/** @returns {BookingForm} */
export function emptyForm() {
  return {
    trainerId: undefined,
    merchant: undefined,
    serviceType: 'remote',
    bookingType: 'Training',
    storeAddress: '',
    contactName: '',
    contactEmail: '',
    notes: '',
  };
}

/**
 * What `book` is sent. Times are as the clocks of the trainer's zone show them.
 * @param {BookingForm} form complete
 * @param {SlotDto} slot
 * @param {string} timeZone of the trainer
 * @param {string} idempotencyKey the same one books once
 * @returns {BookingRequest}
 */
export function toRequest(form, slot, timeZone, idempotencyKey) {
  const { trainerId, merchant, serviceType, storeAddress, ...details } = form;
  return {
    ...details,
    trainerId,
    merchantId: merchant.reference.trim(),
    merchantName: merchant.name.trim(),
    bookDate: dayIn(timeZone, new Date(slot.start)),
    startTime: wallTime(slot.start, timeZone),
    endTime: wallTime(slot.end, timeZone),
    timeZone,
    serviceType,
    // An address that was typed before the choice fell on remote is not meant any more.
    storeAddress: serviceType === 'onsite' ? storeAddress : '',
    idempotencyKey,
  };
}

/**
 * Whether a refusal means that the free times shown are out of date.
 * @param {string | undefined} code of the middleware
 */
export function isTimeGone(code) {
  return code === 'slot_taken' || code === 'start_in_past';
}
