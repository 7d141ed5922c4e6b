import { createElement } from 'lwc';
import TrainerConnections from 'c/trainerConnections';
import { refreshApex } from '@salesforce/apex';
import getConnections from '@salesforce/apex/TrainerConnectionsController.getConnections';
import getManagedTrainers from '@salesforce/apex/TrainerConnectionsController.getManagedTrainers';
import getMyTrainer from '@salesforce/apex/TrainerConnectionsController.getMyTrainer';
import { CurrentPageReference, mockNavigate } from 'lightning/navigation';

// A modal opens outside of the component, and Jest has no stand-in for lightning/modal.
jest.mock('c/disconnectModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('@salesforce/customPermission/Manage_Trainer_Connections', () => ({ default: undefined }), { virtual: true });
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/TrainerConnectionsController.getConnections',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);
jest.mock('@salesforce/apex/TrainerConnectionsController.getManagedTrainers', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/TrainerConnectionsController.getMyTrainer', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('lightning/navigation', () => {
  const { createTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
  const navigate = jest.fn();
  const Navigate = Symbol('Navigate');
  const NavigationMixin = (Base) =>
    class extends Base {
      [Navigate](...parameters) {
        navigate(...parameters);
      }
    };
  NavigationMixin.Navigate = Navigate;
  return { CurrentPageReference: createTestWireAdapter(jest.fn()), NavigationMixin, mockNavigate: navigate };
});
jest.mock('@salesforce/label/c.TC_Error_Connect_Other', () => ({ default: 'other {0}' }), { virtual: true });

const MEI = { id: 'a01000000000001AAA', name: 'Mei Lin', email: 'mei@example.com', timeZone: 'Asia/Singapore' };
const CONNECTION = { provider: 'lark', connected: false, status: 'Not Connected', providerOff: false };
const PAGE = { type: 'standard__navItemPage', attributes: { apiName: 'Trainer_Connections' }, state: {} };

/** Lets every promise that is settled already run its course. */
const settled = () => new Promise(process.nextTick);

async function show(properties = {}) {
  const element = createElement('c-trainer-connections', { is: TrainerConnections });
  Object.assign(element, properties);
  const toasted = jest.fn();
  element.addEventListener('lightning__showtoast', (event) => toasted(event.detail));
  document.body.appendChild(element);
  await settled();
  return { element, toasted };
}

async function comeBack(state) {
  CurrentPageReference.emit({ ...PAGE, state });
  await settled();
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);
const cardsOf = (element) => [...element.shadowRoot.querySelectorAll('c-connection-card')];

describe('c-trainer-connections for a trainer', () => {
  beforeEach(() => {
    getMyTrainer.mockResolvedValue(MEI);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('shows that it is loading', async () => {
    const { element } = await show();

    expect(find(element, 'lightning-spinner').alternativeText).toBe('c.TC_Common_Loading');
    await expect(element).toBeAccessible();
  });

  it('shows a card for each of their own connections, and no choice of trainers', async () => {
    const { element } = await show();
    getConnections.emit([CONNECTION]);
    await settled();

    expect(getConnections.getLastConfig()).toEqual({ trainerId: MEI.id });
    const [card] = cardsOf(element);
    expect(card.connection).toEqual(CONNECTION);
    expect(card.trainerId).toBe(MEI.id);
    expect(card.trainerName).toBe('Mei Lin');
    expect(find(element, 'lightning-combobox')).toBeNull();
    expect(find(element, 'lightning-spinner')).toBeNull();
    expect(getManagedTrainers).not.toHaveBeenCalled();
    await expect(element).toBeAccessible();
  });

  it('says what to do when the user is no trainer', async () => {
    getMyTrainer.mockResolvedValue(null);
    const { element } = await show();

    expect(find(element, '[data-empty]').textContent).toContain('c.TC_Connect_No_Trainer_Text');
    expect(find(element, 'lightning-spinner')).toBeNull();
    expect(cardsOf(element)).toEqual([]);
    await expect(element).toBeAccessible();
  });

  it('shows why the trainer could not be read, and reads again when asked', async () => {
    getMyTrainer.mockRejectedValueOnce({ body: { message: 'Two active trainers belong to your user.' } });
    const { element } = await show();

    const panel = find(element, '[data-error="trainers"]');
    expect(panel.errors).toEqual({ body: { message: 'Two active trainers belong to your user.' } });
    expect(find(element, '[data-empty]')).toBeNull();
    await expect(element).toBeAccessible();

    panel.dispatchEvent(new CustomEvent('retry'));
    await settled();

    expect(find(element, '[data-error="trainers"]')).toBeNull();
    expect(getConnections.getLastConfig()).toEqual({ trainerId: MEI.id });
  });

  it('shows why the connections could not be read, and reads again when asked', async () => {
    const { element } = await show();
    getConnections.error({ message: 'The middleware did not answer.' });
    await settled();

    const panel = find(element, '[data-error="connections"]');
    expect(panel.errors.body).toEqual({ message: 'The middleware did not answer.' });
    await expect(element).toBeAccessible();

    panel.dispatchEvent(new CustomEvent('retry'));
    await settled();

    expect(refreshApex).toHaveBeenCalledTimes(1);
    expect(find(element, 'lightning-spinner')).not.toBeNull();
  });

  it('shows the error when reading again fails too', async () => {
    refreshApex.mockRejectedValue({ body: { message: 'Still no answer.' } });
    const { element } = await show();
    getConnections.error({ message: 'The middleware did not answer.' });
    await settled();

    find(element, '[data-error="connections"]').dispatchEvent(new CustomEvent('retry'));
    await settled();

    expect(find(element, '[data-error="connections"]').errors.body.message).toBe('Still no answer.');
  });

  it('reads the connections again after a card changed one', async () => {
    const { element } = await show();
    getConnections.emit([CONNECTION]);
    await settled();

    cardsOf(element)[0].dispatchEvent(new CustomEvent('changed'));
    await settled();

    expect(refreshApex).toHaveBeenCalledWith(expect.objectContaining({ data: [CONNECTION] }));
  });

  it('shows the trainer of the record page it is on, without waiting for anything', async () => {
    getMyTrainer.mockReturnValue(new Promise(() => {}));
    await show({ recordId: 'a01000000000009AAA' });

    expect(getConnections.getLastConfig()).toEqual({ trainerId: 'a01000000000009AAA' });
  });

  describe('coming back from the provider', () => {
    it('connected: tells it by a toast and a notice, and takes it out of the address', async () => {
      const { element, toasted } = await show();

      await comeBack({ c__lark_connected: 'true', c__other: 'kept' });

      expect(toasted).toHaveBeenCalledTimes(1);
      expect(toasted).toHaveBeenCalledWith({ title: 'c.TC_Connect_Success', variant: 'success' });
      expect(find(element, '[data-outcome="connected"]').textContent).toContain('c.TC_Connect_Success_Text');
      expect(mockNavigate).toHaveBeenCalledTimes(1);
      expect(mockNavigate).toHaveBeenCalledWith({ ...PAGE, state: { c__other: 'kept' } }, true);
      await expect(element).toBeAccessible();
    });

    it('keeps the notice when the address is clean, and tells it only once', async () => {
      const { element, toasted } = await show();
      await comeBack({ c__lark_connected: 'true' });

      await comeBack({});

      expect(find(element, '[data-outcome="connected"]')).not.toBeNull();
      expect(toasted).toHaveBeenCalledTimes(1);
      expect(mockNavigate).toHaveBeenCalledTimes(1);
    });

    it('drops the notice once the account is disconnected', async () => {
      const { element } = await show();
      getConnections.emit([CONNECTION]);
      await comeBack({ c__lark_connected: 'true' });

      cardsOf(element)[0].dispatchEvent(new CustomEvent('changed'));
      await settled();

      expect(find(element, '[data-outcome="connected"]')).toBeNull();
    });

    it.each([
      ['access_denied', 'c.TC_Error_Access_Denied'],
      ['identity_on_hold', 'c.TC_Error_Identity_On_Hold'],
      ['offline_access_missing', 'c.TC_Error_Offline_Access_Missing'],
      ['provider_configuration', 'c.TC_Error_Provider_Configuration'],
      ['provider_off', 'c.TC_Error_Provider_Off'],
      ['provider_refused', 'c.TC_Error_Provider_Refused'],
      ['provider_unavailable', 'c.TC_Error_Provider_Unavailable'],
      ['scopes_missing', 'c.TC_Error_Scopes_Missing'],
      ['state_invalid', 'c.TC_Error_State_Invalid'],
      ['wrong_account', 'c.TC_Error_Wrong_Account'],
      ['wrong_tenant', 'c.TC_Error_Wrong_Tenant'],
      ['not_seen_before', 'other not_seen_before'],
      ['constructor', 'other constructor'],
      ['Call +1 555 and pay', 'other unknown'],
    ])('error %s: says it in words, in place', async (code, words) => {
      const { element, toasted } = await show();

      await comeBack({ c__error: code });

      const notice = find(element, '[data-outcome="failed"]');
      expect(notice.errors).toBe(words);
      expect(notice.friendlyMessage).toBe('c.TC_Connect_Outcome_Failed');
      expect(toasted).not.toHaveBeenCalled();
      expect(mockNavigate).toHaveBeenCalledWith(PAGE, true);
      await expect(element).toBeAccessible();
    });

    it('does nothing on a page without an outcome', async () => {
      const { element } = await show();

      await comeBack({});

      expect(find(element, '[data-outcome]')).toBeNull();
      expect(mockNavigate).not.toHaveBeenCalled();
    });
  });
});
