import { LightningElement } from 'lwc';
import { ask } from '../../../server.js';
import { texts } from '../../../texts.js';

const initials = (name) =>
  name
    .split(/\s+/)
    .map(([first]) => first)
    .join('')
    .slice(0, 2)
    .toUpperCase();

/** The signed-in user, everybody one can be, and the languages. */
export default class UserMenu extends LightningElement {
  texts = texts;
  open = false;
  user = globalThis.__SF__.user;

  get initials() {
    return initials(this.user.name);
  }

  get buttonTitle() {
    return `${this.texts.viewProfile}: ${this.user.name}`;
  }

  get expanded() {
    return String(this.open);
  }

  get users() {
    return globalThis.__SF__.users.map((user) => {
      const current = user.username === this.user.username;
      return { ...user, initials: initials(user.name), current, pressed: String(current) };
    });
  }

  get languages() {
    return globalThis.__SF__.languages.map((language) => {
      const current = language.key === globalThis.__SF__.language;
      const variant = current ? 'brand' : 'neutral';
      return { ...language, className: `slds-button slds-button_${variant}`, pressed: String(current) };
    });
  }

  handleToggle() {
    this.open = !this.open;
    if (this.open) this.focusNext = true;
  }

  renderedCallback() {
    if (!this.focusNext || !this.open) return;
    this.focusNext = false;
    this.template.querySelector('[data-panel]').focus();
  }

  handleKey(event) {
    if (event.key !== 'Escape' || !this.open) return;
    this.open = false;
    this.template.querySelector('[data-toggle]').focus();
  }

  handleFocusOut({ relatedTarget }) {
    if (relatedTarget && !this.template.contains(relatedTarget)) this.open = false;
  }

  handleBackdrop() {
    this.open = false;
  }

  async handleUser({ currentTarget }) {
    await ask('/session', { username: currentTarget.dataset.username });
    // Another user may not see this page: begin at the first that they see.
    location.assign('/lightning/page/home');
  }

  async handleLanguage({ currentTarget }) {
    await ask('/session', { language: currentTarget.dataset.language });
    location.reload();
  }
}
