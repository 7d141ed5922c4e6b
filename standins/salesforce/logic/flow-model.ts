import type { Formula } from './formula.ts';
import type { FieldValue } from './save-context.ts';
import type { Reference } from './reference.ts';

export type RecordTrigger = 'Create' | 'Update' | 'CreateAndUpdate';

export type FlowValue = { kind: 'constant'; value: FieldValue } | { kind: 'reference'; reference: Reference };

export type FlowOperator =
  | 'EqualTo'
  | 'NotEqualTo'
  | 'GreaterThan'
  | 'GreaterThanOrEqualTo'
  | 'LessThan'
  | 'LessThanOrEqualTo'
  | 'StartsWith'
  | 'EndsWith'
  | 'Contains'
  | 'IsNull'
  | 'IsChanged';

/** `prior record` is `$Record__Prior` as a whole: null while a record is being created. */
export interface FlowCondition {
  left: Reference | { kind: 'prior record' };
  operator: FlowOperator;
  right: FlowValue;
}

/** Conditions are numbered from 1, as the Flow Builder shows them. */
export type ConditionLogic = number | { kind: 'and' | 'or'; parts: readonly ConditionLogic[] };

export interface DecisionRule {
  name: string;
  conditions: readonly FlowCondition[];
  logic: ConditionLogic;
  next?: string;
}

export type FlowElement =
  | { kind: 'decision'; name: string; rules: readonly DecisionRule[]; next?: string }
  | { kind: 'assignment'; name: string; items: readonly { field: string; value: FlowValue }[]; next?: string };

export type FlowResource =
  | { kind: 'formula'; formula: Formula; dataType: ResourceType; scale: number }
  | { kind: 'constant'; value: FieldValue };

export type ResourceType = 'String' | 'Number' | 'Boolean' | 'Date' | 'DateTime';

/** A before-save flow as it was read: what it names exists, and it has no cycle. */
export interface FlowModel {
  name: string;
  object: string;
  on: RecordTrigger;
  active: boolean;
  first?: string;
  elements: ReadonlyMap<string, FlowElement>;
  resources: ReadonlyMap<string, FlowResource>;
}
