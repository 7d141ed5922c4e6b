import { createElement } from 'lwc';
import MeetingLink from 'c/meetingLink';
import { copyToClipboard } from 'c/ldsUtils';

jest.mock('c/ldsUtils', () => ({ copyToClipboard: jest.fn() }));

const LINK = 'https://vc.larksuite.com/j/123456789';
const settled = () => new Promise(process.nextTick);

function show(link = LINK) {
  const element = createElement('c-meeting-link', { is: MeetingLink });
  element.link = link;
  document.body.appendChild(element);
  return element;
}

const find = (element, id) => element.shadowRoot.querySelector(`[data-id="${id}"]`);

describe('c-meeting-link', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('opens the meeting in a new tab which learns nothing about this page', async () => {
    const element = show();

    expect(find(element, 'join')).toMatchObject({ href: LINK, target: '_blank', rel: 'noopener noreferrer' });
    expect(find(element, 'said').textContent).toBe('');
    await expect(element).toBeAccessible();
  });

  it('does not open what is no web address', () => {
    // eslint-disable-next-line no-script-url
    expect(find(show('javascript:alert(1)'), 'join')).toBeNull();
  });

  it('copies the link and says so, until there is another link', async () => {
    copyToClipboard.mockResolvedValue(true);
    const element = show();

    find(element, 'copy').click();
    await settled();

    expect(copyToClipboard).toHaveBeenCalledWith(LINK);
    expect(find(element, 'said').textContent).toBe('c.TC_Meeting_Copied');
    await expect(element).toBeAccessible();

    element.link = 'https://vc.larksuite.com/j/987654321';
    await settled();
    expect(find(element, 'said').textContent).toBe('');
  });

  it('says how to copy when the browser forbids it', async () => {
    copyToClipboard.mockResolvedValue(false);
    const element = show();

    find(element, 'copy').click();
    await settled();

    expect(find(element, 'said').textContent).toBe('c.TC_Meeting_Copy_Failed');
  });
});
