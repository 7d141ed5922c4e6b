import type { SaveContext } from './save-context.ts';
import type { FlowValue, RecordTrigger } from './flow-model.ts';
import type { XmlElement } from './metadata-xml.ts';
import { areEqual } from './formula-values.ts';
import { readConnector } from './flow-elements.ts';
import { readFlowValue } from './flow-resources.ts';
import {
  childNamed,
  childrenNamed,
  namingPlace,
  readBoolean,
  readMetadata,
  refuseUnknownChildren,
  requireChild,
  requireText,
} from './metadata-xml.ts';
import { readField } from './reference.ts';
import { UnsupportedMetadata } from './save-context.ts';

/** A flow that calls one Apex action after the commit, apart from the save, as the user who saved. */
export interface AfterSaveFlow {
  name: string;
  object: string;
  on: RecordTrigger;
  active: boolean;
  /** Fields of the object that the flow uses. */
  references: string[];
  action: { apexClass: string; inputNames: string[]; hasFaultPath: boolean };
  /** What the action is given for this save; undefined where the entry conditions are not met. */
  inputsFor(context: SaveContext): Record<string, string> | undefined;
}

const ABOUT = ['apiVersion', 'description', 'environments', 'interviewLabel', 'label', 'processMetadataValues'];
const PLACE = ['name', 'label', 'description', 'locationX', 'locationY'];

/**
 * Reads a record-triggered flow of the one shape that is understood: entry conditions of equality, nothing but an
 * asynchronous path after commit, one Apex action whose inputs are fields of the record, and a fault path that only keeps
 * the message. Throws UnsupportedMetadata for everything else.
 */
export function loadAfterSaveFlow(xml: string, name: string): AfterSaveFlow {
  const root = readMetadata(xml, 'Flow');
  return namingPlace(`flow ${name}`, () => {
    refuseUnknownChildren(root, [
      ...ABOUT,
      'processType',
      'status',
      'start',
      'actionCalls',
      'assignments',
      'variables',
    ]);
    if (requireText(root, 'processType') !== 'AutoLaunchedFlow') throw new UnsupportedMetadata('only AutoLaunchedFlow');
    const start = requireChild(root, 'start');
    const filters = readStart(start);
    const call = requireChild(root, 'actionCalls');
    if (pathOf(start) !== requireText(call, 'name'))
      throw new UnsupportedMetadata('the path does not lead to the action');
    const { apexClass, inputs } = readAction(call);
    const faultTarget = readConnector(call, 'faultConnector');
    readFaultPath(root, faultTarget);
    const on = requireText(start, 'recordTriggerType') as RecordTrigger;
    const active = requireText(root, 'status') === 'Active';
    return {
      name,
      object: requireText(start, 'object'),
      on,
      active,
      references: [...filters.map(({ field }) => field), ...inputs.map(({ field }) => field)],
      action: { apexClass, inputNames: inputs.map((input) => input.name), hasFaultPath: faultTarget !== undefined },
      inputsFor: (context) => {
        const starts = active && on !== (context.prior === null ? 'Update' : 'Create');
        const isMet = filters.every(({ field, value }) =>
          areEqual(readField(context.record, field, context.object), value),
        );
        if (!starts || !isMet) return undefined;
        const given = inputs.map((input) => [input.name, readField(context.record, input.field, context.object)]);
        return Object.fromEntries(given.filter(([, value]) => value !== null)) as Record<string, string>;
      },
    };
  });
}

type Filter = { field: string; value: Extract<FlowValue, { kind: 'constant' }>['value'] };

function readStart(start: XmlElement): Filter[] {
  refuseUnknownChildren(start, [
    'locationX',
    'locationY',
    'doesRequireRecordChangedToMeetCriteria',
    'filterLogic',
    'filters',
    'object',
    'recordTriggerType',
    'scheduledPaths',
    'triggerType',
  ]);
  if (requireText(start, 'triggerType') !== 'RecordAfterSave') throw new UnsupportedMetadata('only RecordAfterSave');
  if (!['Create', 'Update', 'CreateAndUpdate'].includes(requireText(start, 'recordTriggerType'))) {
    throw new UnsupportedMetadata(`recordTriggerType ${requireText(start, 'recordTriggerType')} is not supported`);
  }
  // Otherwise a save that leaves the condition true would start nothing.
  const onlyChanges = childNamed(start, 'doesRequireRecordChangedToMeetCriteria')?.text ?? 'false';
  if (readBoolean(onlyChanges))
    throw new UnsupportedMetadata('doesRequireRecordChangedToMeetCriteria is not supported');
  const filters = childrenNamed(start, 'filters').map((filter) => {
    refuseUnknownChildren(filter, ['field', 'operator', 'value']);
    const value = readFlowValue(requireChild(filter, 'value'));
    if (requireText(filter, 'operator') !== 'EqualTo' || value.kind !== 'constant') {
      throw new UnsupportedMetadata('an entry condition other than that a field equals a value');
    }
    return { field: requireText(filter, 'field'), value: value.value };
  });
  if (filters.length > 0 && requireText(start, 'filterLogic') !== 'and')
    throw new UnsupportedMetadata('filterLogic other than and');
  return filters;
}

/** The element that the only path leads to. The platform refuses a label on a path of this type. */
function pathOf(start: XmlElement): string | undefined {
  const path = requireChild(start, 'scheduledPaths');
  refuseUnknownChildren(path, ['name', 'connector', 'pathType']);
  if (requireText(path, 'pathType') !== 'AsyncAfterCommit')
    throw new UnsupportedMetadata('a path other than AsyncAfterCommit');
  return readConnector(path, 'connector');
}

function readAction(call: XmlElement): { apexClass: string; inputs: { name: string; field: string }[] } {
  refuseUnknownChildren(call, [
    ...PLACE,
    'actionName',
    'actionType',
    'faultConnector',
    'flowTransactionModel',
    'inputParameters',
    'nameSegment',
    'offset',
    'storeOutputAutomatically',
  ]);
  if (requireText(call, 'actionType') !== 'apex') throw new UnsupportedMetadata('an action that is not Apex');
  const inputs = childrenNamed(call, 'inputParameters').map((input) => {
    refuseUnknownChildren(input, ['name', 'value']);
    const value = readFlowValue(requireChild(input, 'value'));
    const path = value.kind === 'reference' && value.reference.kind === 'field' ? value.reference.path : [];
    if (path.length !== 1 || path[0] === undefined)
      throw new UnsupportedMetadata('an input that is no field of $Record');
    return { name: requireText(input, 'name'), field: path[0] };
  });
  return { apexClass: requireText(call, 'actionName'), inputs };
}

/** Without a fault path the platform mails every failure to the administrators. */
function readFaultPath(root: XmlElement, target: string | undefined): void {
  const assignments = childrenNamed(root, 'assignments');
  if (target === undefined && assignments.length === 0) return;
  const [only, second] = assignments;
  if (!only || second || requireText(only, 'name') !== target) {
    throw new UnsupportedMetadata('the fault path is one assignment, and there is no other');
  }
  refuseUnknownChildren(only, [...PLACE, 'assignmentItems']);
  const item = requireChild(only, 'assignmentItems');
  refuseUnknownChildren(item, ['assignToReference', 'operator', 'value']);
  const variables = childrenNamed(root, 'variables').map((variable) => requireText(variable, 'name'));
  const source = requireText(requireChild(item, 'value'), 'elementReference');
  if (source !== '$Flow.FaultMessage' || !variables.includes(requireText(item, 'assignToReference'))) {
    throw new UnsupportedMetadata('the fault path only keeps $Flow.FaultMessage in a variable');
  }
}
