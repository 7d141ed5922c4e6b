/**
 * A request that was sent and not answered with a booking.
 * @typedef {object} SentRequest
 * @property {string} asked what it asks for, to be compared
 * @property {BookingRequest} request
 * @property {string} trainerName
 * @property {SlotDto} slot
 * @property {boolean} isOpen nobody knows what became of it
 */

/**
 * What a person asks for, as a text that is equal for equal questions.
 * @param {import('./bookingForm').BookingForm} form
 * @param {string} trainerId who would give it
 * @param {SlotDto} slot
 */
export function askedIn(form, trainerId, { start, end }) {
  return JSON.stringify({ ...form, trainerId, start, end });
}

/**
 * With those that were sent, one more or again. A request that is being worked on stays what it was.
 * @param {readonly SentRequest[]} sent
 * @param {Omit<SentRequest, 'isOpen'>} request
 * @param {boolean | undefined} isOpen undefined if the answer does not tell
 * @returns {SentRequest[]}
 */
export function withSent(sent, request, isOpen) {
  const before = sent.find(({ asked }) => asked === request.asked);
  const others = sent.filter((one) => one !== before);
  return [...others, { ...request, isOpen: isOpen ?? before?.isOpen ?? false }];
}
