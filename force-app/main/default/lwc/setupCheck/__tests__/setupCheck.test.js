import { createElement } from 'lwc';
import SetupCheck from 'c/setupCheck';
import check from '@salesforce/apex/ConnectionSetupController.check';
import CHECKED from '../../../staticresources/TC_Test_Checked.json';

jest.mock('@salesforce/apex/ConnectionSetupController.check', () => ({ default: jest.fn() }), { virtual: true });

const settled = () => new Promise(process.nextTick);
const find = (element, selector) => element.shadowRoot.querySelector(selector);

function show(lastCheck = null) {
  const element = createElement('c-setup-check', { is: SetupCheck });
  Object.assign(element, { subject: 'lark', subjectName: 'Lark', lastCheck });
  document.body.appendChild(element);
  return element;
}

describe('c-setup-check', () => {
  afterEach(() => {
    document.body.replaceChildren();
    check.mockReset();
  });

  it.each([
    ['never', null, 'c.TC_Setup_Never_Checked', undefined],
    [
      'well',
      { at: '2026-11-26T09:00:00Z', ok: true, message: 'Everything works.' },
      'c.TC_Setup_Last_Ok',
      'Everything works.',
    ],
    ['badly', { at: '2026-11-26T09:00:00Z', ok: false, message: 'No token.' }, 'c.TC_Setup_Last_Failed', 'No token.'],
  ])('tells that it was checked %s', async (_name, last, said, message) => {
    const element = show(last);

    expect(find(element, '[data-said]').textContent).toContain(said);
    expect(find(element, '[data-older]')?.textContent).toBe(message);
    await expect(element).toBeAccessible();
  });

  it('waits, then shows each step with what to do, and tells its parent', async () => {
    let answer;
    check.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const element = show({ at: '2026-11-25T09:00:00Z', ok: true, message: 'Yesterday.' });
    const told = jest.fn();
    element.addEventListener('checked', told);
    find(element, '[data-action="check"]').click();
    await settled();
    expect(find(element, '[data-action="check"]').disabled).toBe(true);
    expect(find(element, '[data-action="check"]').label).toBe('c.TC_Setup_Checking');

    answer(CHECKED);
    await settled();
    const steps = [...element.shadowRoot.querySelectorAll('.step')];
    expect(steps.map((step) => step.querySelector('lightning-icon').alternativeText)).toEqual([
      'c.TC_Setup_Step_Ok',
      'c.TC_Setup_Step_Failed',
    ]);
    expect(steps[1].querySelector('[data-how-to]').textContent).toBe(CHECKED.steps[1].howTo);
    expect(find(element, '[data-said]').textContent).toContain('c.TC_Setup_Last_Failed');
    expect(find(element, '[data-older]')).toBeNull();
    expect(told).toHaveBeenCalledTimes(1);
    await expect(element).toBeAccessible();
  });

  it('says what went wrong, and can be tried again', async () => {
    check.mockRejectedValueOnce(new Error('No answer.'));
    const element = show();
    find(element, '[data-action="check"]').click();
    await settled();

    expect(find(element, 'c-error-panel').friendlyMessage).toBe('c.TC_Setup_Check_Failed');
    expect(find(element, '[data-action="check"]').disabled).toBe(false);
    await expect(element).toBeAccessible();
  });
});
