import type { FlowElement, FlowModel, FlowResource, RecordTrigger } from './flow-model.ts';
import type { Reference } from './reference.ts';
import type { XmlElement } from './metadata-xml.ts';
import { fieldOfReference } from './reference.ts';
import { namingPlace, readMetadata, refuseUnknownChildren, requireChild, requireText } from './metadata-xml.ts';
import { readConnector, readElements } from './flow-elements.ts';
import { readResources } from './flow-resources.ts';
import { UnsupportedMetadata } from './save-context.ts';

const PARTS = ['decisions', 'assignments', 'formulas', 'constants', 'variables', 'start'];
const ABOUT = [
  'apiVersion',
  'description',
  'environments',
  'fullName',
  'interviewLabel',
  'label',
  'processMetadataValues',
];
const START = ['locationX', 'locationY', 'connector', 'object', 'recordTriggerType', 'triggerType'];
const TRIGGERS: readonly string[] = ['Create', 'Update', 'CreateAndUpdate'] satisfies RecordTrigger[];
const STATES = ['Active', 'Draft', 'Obsolete', 'InvalidDraft'];

/** Reads a before-save flow. Throws UnsupportedMetadata naming flow, element and construct outside the vocabulary. */
export function readFlow(xml: string, givenName?: string): FlowModel {
  const root = readMetadata(xml, 'Flow');
  const name = givenName ?? requireText(root, 'label').replace(/\W+/g, '_');
  return namingPlace(`flow ${name}`, () => {
    refuseUnknownChildren(root, [...PARTS, ...ABOUT, 'processType', 'status']);
    requireOneOf(root, 'processType', ['AutoLaunchedFlow']);
    const start = requireChild(root, 'start');
    refuseUnknownChildren(start, START);
    requireOneOf(start, 'triggerType', ['RecordBeforeSave']);
    const model: FlowModel = {
      name,
      object: requireText(start, 'object'),
      on: requireOneOf(start, 'recordTriggerType', TRIGGERS) as RecordTrigger,
      active: requireOneOf(root, 'status', STATES) === 'Active',
      first: readConnector(start, 'connector'),
      elements: readElements(root),
      resources: readResources(root),
    };
    refuseBrokenNames(model);
    refuseCycles(model);
    refuseStaleLookups(model);
    return model;
  });
}

/** Every reference in conditions, values and formulas of the flow. */
export function collectFlowReferences(model: FlowModel): Reference[] {
  return [
    ...[...model.elements.values()].flatMap(referencesOfElement),
    ...[...model.resources.values()].flatMap(referencesOfResource),
  ];
}

/** The fields of `$Record` that the flow writes. */
export function collectAssignedFields(model: FlowModel): string[] {
  return [...model.elements.values()].flatMap((element) =>
    element.kind === 'assignment' ? element.items.map(({ field }) => field) : [],
  );
}

function referencesOfElement(element: FlowElement): Reference[] {
  const inValue = (value: { kind: 'constant' } | { kind: 'reference'; reference: Reference }): Reference[] =>
    value.kind === 'reference' ? [value.reference] : [];
  if (element.kind === 'assignment') return element.items.flatMap(({ value }) => inValue(value));
  return element.rules.flatMap(({ conditions }) =>
    conditions.flatMap(({ left, right }) => [...(left.kind === 'prior record' ? [] : [left]), ...inValue(right)]),
  );
}

function referencesOfResource(resource: FlowResource): readonly Reference[] {
  return resource.kind === 'formula' ? resource.formula.references : [];
}

function nextOf(element: FlowElement): string[] {
  const all = element.kind === 'decision' ? [...element.rules.map(({ next }) => next), element.next] : [element.next];
  return all.filter((next) => next !== undefined);
}

function refuseBrokenNames(model: FlowModel): void {
  const targets = [...model.elements.values()].flatMap(nextOf);
  for (const target of model.first === undefined ? targets : [...targets, model.first]) {
    if (!model.elements.has(target)) throw new UnsupportedMetadata(`element ${target} does not exist`);
  }
  for (const reference of collectFlowReferences(model)) {
    if (reference.kind === 'resource' && !model.resources.has(reference.name)) {
      throw new UnsupportedMetadata(`resource ${reference.name} does not exist`);
    }
  }
}

/** Without loop elements a before-save flow needs no way back; refusing one proves that every run ends. */
function refuseCycles(model: FlowModel): void {
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new UnsupportedMetadata(`element ${name} leads back to itself`);
    const element = model.elements.get(name);
    if (!element || finished.has(name)) return;
    for (const next of nextOf(element)) visit(next, [...path, name]);
    finished.add(name);
  };
  for (const name of model.elements.keys()) visit(name, []);
}

/** Related records are those of the record as it came in: a flow that changes a lookup may not look through it. */
function refuseStaleLookups(model: FlowModel): void {
  const assigned = new Set(collectAssignedFields(model));
  for (const reference of collectFlowReferences(model)) {
    const lookup = fieldOfReference(reference);
    if (reference.kind === 'field' && reference.path.length > 1 && lookup !== undefined && assigned.has(lookup)) {
      throw new UnsupportedMetadata(`the flow assigns ${lookup} and looks through it`);
    }
  }
}

function requireOneOf(element: XmlElement, name: string, allowed: readonly string[]): string {
  const text = requireText(element, name);
  if (!allowed.includes(text)) throw new UnsupportedMetadata(`${name} ${text} is not supported`);
  return text;
}
