import { LightningElement } from 'lwc';
import { texts } from '../../../texts.js';

export default class GlobalHeader extends LightningElement {
  texts = texts;
}
