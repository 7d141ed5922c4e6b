import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getConnections from '@salesforce/apex/TrainerConnectionsController.getConnections';
import getManagedTrainers from '@salesforce/apex/TrainerConnectionsController.getManagedTrainers';
import getMyTrainer from '@salesforce/apex/TrainerConnectionsController.getMyTrainer';
import IS_ADMIN from '@salesforce/customPermission/Manage_Trainer_Connections';
import { CurrentPageReference, NavigationMixin } from 'lightning/navigation';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { format } from 'c/ldsUtils';
import { recallChosen, rememberChosen } from './chosenTrainer';
import { readOutcome, withoutOutcome } from './connectOutcome';
import { labels } from './labels';

/** Where a trainer connects their accounts, and an admin those of any trainer. */
export default class TrainerConnections extends NavigationMixin(LightningElement) {
  labels = labels;

  /** @type {string | undefined} the trainer whose record page this is on */
  @api recordId;

  /** @type {TrainerDto | undefined} */
  ownTrainer;

  /** @type {readonly TrainerDto[]} */
  managedTrainers = [];

  /** @type {string | null} */
  chosenId = recallChosen();

  loadingTrainers = true;
  trainersError;

  /** @type {readonly ConnectionDto[] | undefined} */
  connections;
  connectionsError;

  /** What the wire handed over, for refreshApex. */
  wiredConnections;

  /** @type {ReturnType<typeof readOutcome>} */
  outcome;

  connectedCallback() {
    this.loadTrainers();
  }

  @wire(CurrentPageReference)
  readPage(page) {
    const outcome = readOutcome(page);
    if (outcome) {
      this.outcome = outcome;
      // Lightning is still telling everybody about this page: go on after that.
      Promise.resolve().then(() => this.tellOnce(page));
    }
  }

  @wire(getConnections, { trainerId: '$trainerId' })
  showConnections(result) {
    this.wiredConnections = result;
    if (result.data || result.error) {
      this.connections = result.data;
      this.connectionsError = result.error;
    }
  }

  /** Whose connections are shown; undefined while that is not known and for people without a trainer. */
  get trainerId() {
    if (this.recordId) {
      return this.recordId;
    }
    const chosen = this.managedTrainers.find((trainer) => trainer.id === this.chosenId);
    return (chosen ?? this.ownTrainer ?? this.managedTrainers[0])?.id;
  }

  get trainerName() {
    return [this.ownTrainer, ...this.managedTrainers].find((trainer) => trainer?.id === this.trainerId)?.name;
  }

  get trainerOptions() {
    return this.managedTrainers.map(({ id, name }) => ({ label: name, value: id }));
  }

  get canChoose() {
    return !this.recordId && this.managedTrainers.length > 0;
  }

  /** A record page knows its trainer: there the list only adds the name. */
  get shownTrainersError() {
    return this.recordId ? undefined : this.trainersError;
  }

  get isLoading() {
    if (!this.trainerId) {
      return this.loadingTrainers;
    }
    return !this.connections && !this.connectionsError;
  }

  /** @returns {{ title: string, text: string } | undefined} what to do when there is no trainer to show */
  get emptyState() {
    if (this.trainerId || this.loadingTrainers || this.trainersError) {
      return undefined;
    }
    return IS_ADMIN
      ? { title: labels.NO_TRAINERS_TITLE, text: labels.NO_TRAINERS_TEXT }
      : { title: labels.NO_TRAINER_TITLE, text: labels.NO_TRAINER_TEXT };
  }

  get cards() {
    return this.connections ?? [];
  }

  get successTitle() {
    return format(labels.SUCCESS, labels.PROVIDER_LARK);
  }

  /** Called, not wired: a wire cannot be kept from asking for the list, which others than admins are refused. */
  async loadTrainers() {
    this.loadingTrainers = true;
    this.trainersError = undefined;
    try {
      const [own, managed] = await Promise.all([getMyTrainer(), IS_ADMIN ? getManagedTrainers() : []]);
      this.ownTrainer = own ?? undefined;
      this.managedTrainers = managed;
    } catch (error) {
      this.trainersError = error;
    } finally {
      this.loadingTrainers = false;
    }
  }

  /** @param {PageReference} page */
  tellOnce(page) {
    if (this.outcome?.connected) {
      this.dispatchEvent(new ShowToastEvent({ title: this.successTitle, variant: 'success' }));
    }
    this[NavigationMixin.Navigate](withoutOutcome(page), true);
  }

  handleChoose(event) {
    rememberChosen(event.detail.value);
    this.outcome = undefined;
    this.connections = undefined;
    this.connectionsError = undefined;
    this.chosenId = event.detail.value;
  }

  async handleChanged() {
    this.outcome = undefined;
    await this.refreshConnections();
  }

  async handleRetryConnections() {
    this.connectionsError = undefined;
    await this.refreshConnections();
  }

  async refreshConnections() {
    try {
      await refreshApex(this.wiredConnections);
    } catch (error) {
      this.connectionsError = error;
    }
  }
}
