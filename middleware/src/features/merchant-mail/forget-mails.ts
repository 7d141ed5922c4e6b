import type { Transaction } from '../../storage/database.ts';

/** Forgets what merchants were told of bookings that nobody changes any more. */
export async function forgetMails(trx: Transaction, bookingIds: readonly string[]): Promise<void> {
  await trx.deleteFrom('merchant_mail').where('booking_id', 'in', bookingIds).execute();
}
