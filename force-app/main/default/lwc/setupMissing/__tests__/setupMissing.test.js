import { createElement } from 'lwc';
import SetupMissing from 'c/setupMissing';
import { providers } from '../../../staticresources/TC_Test_Setup.json';

function show(missing) {
  const element = createElement('c-setup-missing', { is: SetupMissing });
  element.missing = missing;
  document.body.appendChild(element);
  return element;
}

describe('c-setup-missing', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('says what, where and how', async () => {
    const element = show(providers[1].missing);

    const text = element.shadowRoot.querySelector('[data-missing]').textContent;
    expect(text).toContain('Client id');
    expect(text).toContain('GOOGLE_CLIENT_ID');
    expect(text).toContain('Google Cloud console');
    await expect(element).toBeAccessible();
  });
});
