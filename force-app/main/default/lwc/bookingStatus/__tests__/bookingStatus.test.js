import { describeBookingStatus, isOver } from 'c/bookingStatus';

describe('c/bookingStatus', () => {
  it.each([
    ['Requested', true, false],
    ['Confirmed', false, false],
    ['Cancelled', true, true],
    ['Completed', true, true],
  ])('%s has words, an explanation if it needs one, and is known to be over or not', (status, hasHelp, over) => {
    expect(describeBookingStatus(status).label).toBe(`c.TC_Book_Status_${status}`);
    expect(describeBookingStatus(status).help !== '').toBe(hasHelp);
    expect(isOver(status)).toBe(over);
  });

  it('another status stays as it is', () => {
    expect(describeBookingStatus('Postponed').label).toBe('Postponed');
  });
});
