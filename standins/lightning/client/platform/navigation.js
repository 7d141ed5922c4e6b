import { navigate, toUrl, watchPage } from '../router.js';

const Navigate = Symbol('Navigate');
const GenerateUrl = Symbol('GenerateUrl');

/** `this[NavigationMixin.Navigate](pageReference, replace)` and `this[NavigationMixin.GenerateUrl](pageReference)`. */
export const NavigationMixin = (Base) =>
  class extends Base {
    [Navigate](pageReference, replace = false) {
      navigate(pageReference, { replace });
    }
    async [GenerateUrl](pageReference) {
      return toUrl(pageReference);
    }
  };
NavigationMixin.Navigate = Navigate;
NavigationMixin.GenerateUrl = GenerateUrl;

/** Wire adapter: the current page reference, frozen, whenever it changes. */
export class CurrentPageReference {
  constructor(callback) {
    this.callback = callback;
  }
  connect() {
    this.unwatch = watchPage((page) => {
      if (page) this.callback(Object.freeze({ ...page, state: Object.freeze(page.state) }));
    });
  }
  update() {}
  disconnect() {
    this.unwatch?.();
  }
}
