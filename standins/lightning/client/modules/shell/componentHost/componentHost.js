import { LightningElement, api } from 'lwc';
import components from 'sf:components';
import { texts } from '../../../texts.js';

/** One custom component of a page; what it throws stays in its place, as on the platform. */
export default class ComponentHost extends LightningElement {
  @api properties;
  texts = texts;
  component;
  failure;
  #name;

  @api
  get name() {
    return this.#name;
  }
  set name(name) {
    this.#name = name;
    this.component = undefined;
    this.failure = undefined;
    this.load(name);
  }

  async load(name) {
    try {
      const { default: component } = await components[name]();
      if (this.#name === name) this.component = component;
    } catch (error) {
      this.failure = String(error?.message ?? error);
    }
  }

  errorCallback(error) {
    this.component = undefined;
    this.failure = `c-${this.#name}: ${error.message}`;
    // The cause is for whoever writes the component.
    reportError(error);
  }
}
