import { copyToClipboard, format, problemOf, reduceErrors } from 'c/ldsUtils';

describe('c-lds-utils', () => {
  describe('reduceErrors', () => {
    it.each([
      ['nothing', undefined, []],
      ['a text', 'No way', ['No way']],
      ['an Apex error', { body: { message: 'Not your record.' } }, ['Not your record.']],
      ['an LDS error', { body: [{ message: 'One' }, { message: 'Two' }] }, ['One', 'Two']],
      ['a script error', new Error('Broken'), ['Broken']],
      ['an answer without a body', { statusText: 'Server Error' }, ['Server Error']],
      ['an error without words', { body: {} }, []],
      ['several errors, one twice', ['One', { body: { message: 'One' } }, null, 'Two'], ['One', 'Two']],
      [
        'a validation rule of a record',
        {
          body: {
            message: 'An error occurred while trying to update the record.',
            output: { errors: [], fieldErrors: { End__c: [{ message: 'The end must be after the start.' }] } },
          },
        },
        ['The end must be after the start.'],
      ],
      [
        'errors of Apex DML',
        { body: { pageErrors: [{ message: 'Page' }], fieldErrors: { Name: [{ message: 'Field' }] } } },
        ['Page', 'Field'],
      ],
    ])('reads %s', (_situation, error, expected) => {
      expect(reduceErrors(error)).toEqual(expected);
    });
  });

  describe('format', () => {
    it('fills the places by their number', () => {
      expect(format('{1} before {0}', 'a', 2)).toBe('2 before a');
    });

    it('leaves a place without a value as it is', () => {
      expect(format('{0} and {1}', 'a')).toBe('a and {1}');
    });
  });

  describe('copyToClipboard', () => {
    afterEach(() => {
      Reflect.deleteProperty(navigator, 'clipboard');
    });

    it('says yes when the browser copied', async () => {
      const writeText = jest.fn().mockResolvedValue(undefined);
      Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });

      expect(await copyToClipboard('https://vc.example/1')).toBe(true);
      expect(writeText).toHaveBeenCalledWith('https://vc.example/1');
    });

    it('says no when the browser forbids it', async () => {
      const writeText = jest.fn().mockRejectedValue(new Error('NotAllowedError'));
      Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });

      expect(await copyToClipboard('x')).toBe(false);
    });

    it('says no when the browser has no clipboard', async () => {
      expect(await copyToClipboard('x')).toBe(false);
    });
  });
});

describe('what our Apex tells', () => {
  const told = (code, details) => ({ body: { message: JSON.stringify({ code, message: 'In English.', details }) } });

  it('is said in the language of the person where the code is known, otherwise as it is told', () => {
    expect(reduceErrors(told('slot_taken'))).toEqual(['c.TC_Problem_Slot_Taken']);
    expect(reduceErrors(told('never_heard_of'))).toEqual(['In English.']);
  });

  it.each([
    ['idempotency_key_reused', ['c.TC_Problem_Key_Reused']],
    ['trainer_changed', ['c.TC_Problem_Trainer_Changed']],
    ['provider_refused', ['c.TC_Problem_Provider_Refused']],
    ['internal', ['c.TC_Problem_Internal']],
    ['outcome_unknown', ['c.TC_Problem_Outcome_Unknown']],
    ['invalid_input', ['c.TC_Problem_Invalid', 'In English.']],
    ['unauthenticated', ['c.TC_Problem_Setup', 'In English.']],
    ['refused', ['c.TC_Problem_Refused', 'In English.']],
    ['salesforce_refused', ['c.TC_Problem_Salesforce_Refused', 'In English.']],
  ])('begins in the language of the person: %s', (code, texts) => {
    expect(reduceErrors(told(code))).toEqual(texts);
  });

  it('is a code and details for programs; other errors have none', () => {
    expect(problemOf(told('slot_taken', { nextSlots: [] }))).toEqual({
      code: 'slot_taken',
      message: 'In English.',
      details: { nextSlots: [] },
    });
    expect(problemOf({ body: { message: '42' } }).code).toBeUndefined();
    expect(problemOf({ body: { message: 'No access.' } })).toEqual({ message: 'No access.' });
    expect(problemOf(new Error('x')).code).toBeUndefined();
  });
});
