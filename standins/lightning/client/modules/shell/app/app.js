import { LightningElement } from 'lwc';
import { texts } from '../../../texts.js';

export default class App extends LightningElement {
  texts = texts;

  handleSkip(event) {
    event.preventDefault();
    this.template.querySelector('main').focus();
  }
}
