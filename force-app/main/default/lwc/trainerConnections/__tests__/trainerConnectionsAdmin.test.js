import { createElement } from 'lwc';
import TrainerConnections from 'c/trainerConnections';
import getConnections from '@salesforce/apex/TrainerConnectionsController.getConnections';
import getManagedTrainers from '@salesforce/apex/TrainerConnectionsController.getManagedTrainers';
import getMyTrainer from '@salesforce/apex/TrainerConnectionsController.getMyTrainer';

// A modal opens outside of the component, and Jest has no stand-in for lightning/modal.
jest.mock('c/disconnectModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('@salesforce/customPermission/Manage_Trainer_Connections', () => ({ default: true }), { virtual: true });
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

const ANA = { id: 'a01000000000001AAA', name: 'Ana Ruiz', email: 'ana@example.com', timeZone: 'Europe/Madrid' };
const MEI = { id: 'a01000000000002AAA', name: 'Mei Lin', email: 'mei@example.com', timeZone: 'Asia/Singapore' };
const CONNECTION = { provider: 'lark', connected: false, status: 'Not Connected', providerOff: false };

/** Lets every promise that is settled already run its course. */
const settled = () => new Promise(process.nextTick);

async function show(properties = {}) {
  const element = createElement('c-trainer-connections', { is: TrainerConnections });
  Object.assign(element, properties);
  document.body.appendChild(element);
  await settled();
  return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);

async function choose(element, trainerId) {
  find(element, 'lightning-combobox').dispatchEvent(new CustomEvent('change', { detail: { value: trainerId } }));
  await settled();
}

describe('c-trainer-connections for an admin', () => {
  beforeEach(() => {
    getMyTrainer.mockResolvedValue(null);
    getManagedTrainers.mockResolvedValue([ANA, MEI]);
  });

  afterEach(() => {
    document.body.replaceChildren();
    window.sessionStorage.clear();
    jest.resetAllMocks();
  });

  it('offers every trainer and begins with the first', async () => {
    const element = await show();
    getConnections.emit([CONNECTION]);
    await settled();

    const choice = find(element, 'lightning-combobox');
    expect(choice.label).toBe('c.TC_Connect_Trainer');
    expect(choice.options).toEqual([
      { label: 'Ana Ruiz', value: ANA.id },
      { label: 'Mei Lin', value: MEI.id },
    ]);
    expect(choice.value).toBe(ANA.id);
    expect(getConnections.getLastConfig()).toEqual({ trainerId: ANA.id });
    expect(find(element, 'c-connection-card').trainerName).toBe('Ana Ruiz');
    await expect(element).toBeAccessible();
  });

  it('begins with their own record when they are a trainer too', async () => {
    getMyTrainer.mockResolvedValue(MEI);

    await show();

    expect(getConnections.getLastConfig()).toEqual({ trainerId: MEI.id });
  });

  it('shows the chosen trainer, and nothing of the one before while it loads', async () => {
    const element = await show();
    getConnections.emit([CONNECTION]);
    await settled();

    await choose(element, MEI.id);

    expect(getConnections.getLastConfig()).toEqual({ trainerId: MEI.id });
    expect(find(element, 'c-connection-card')).toBeNull();
    expect(find(element, 'lightning-spinner')).not.toBeNull();

    getConnections.emit([CONNECTION]);
    await settled();
    expect(find(element, 'c-connection-card').trainerId).toBe(MEI.id);
  });

  it('still shows the chosen trainer after the way to the provider and back', async () => {
    await choose(await show(), MEI.id);
    document.body.replaceChildren();

    await show();

    expect(getConnections.getLastConfig()).toEqual({ trainerId: MEI.id });
  });

  it('begins with the first again when the chosen trainer is no longer active', async () => {
    await choose(await show(), MEI.id);
    document.body.replaceChildren();
    getManagedTrainers.mockResolvedValue([ANA]);

    await show();

    expect(getConnections.getLastConfig()).toEqual({ trainerId: ANA.id });
  });

  it('works where the browser keeps nothing', async () => {
    const storage = jest.spyOn(window, 'sessionStorage', 'get').mockImplementation(() => {
      throw new Error('SecurityError');
    });
    try {
      await choose(await show(), MEI.id);

      expect(getConnections.getLastConfig()).toEqual({ trainerId: MEI.id });
    } finally {
      storage.mockRestore();
    }
  });

  it('shows the trainer of a record page, by name and without a choice', async () => {
    const element = await show({ recordId: MEI.id });
    getConnections.emit([CONNECTION]);
    await settled();

    expect(find(element, 'lightning-combobox')).toBeNull();
    expect(find(element, 'c-connection-card').trainerName).toBe('Mei Lin');
    await expect(element).toBeAccessible();
  });

  it('shows a record page even when the list of trainers cannot be read', async () => {
    getManagedTrainers.mockRejectedValue({ body: { message: 'Too many rows.' } });
    const element = await show({ recordId: MEI.id });
    getConnections.emit([CONNECTION]);
    await settled();

    expect(find(element, 'c-connection-card')).not.toBeNull();
    expect(find(element, '[data-error="trainers"]')).toBeNull();
  });

  it('says what to do when there is no active trainer', async () => {
    getManagedTrainers.mockResolvedValue([]);
    const element = await show();

    expect(find(element, '[data-empty]').textContent).toContain('c.TC_Connect_No_Trainers_Text');
    await expect(element).toBeAccessible();
  });
});
