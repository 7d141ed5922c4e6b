import type { DecisionRule, FlowCondition, FlowElement, FlowOperator } from './flow-model.ts';
import type { XmlElement } from './metadata-xml.ts';
import {
  childNamed,
  childrenNamed,
  namingPlace,
  refuseUnknownChildren,
  requireChild,
  requireText,
} from './metadata-xml.ts';
import { parseConditionLogic } from './condition-logic.ts';
import { parseReference } from './reference.ts';
import { readFlowValue } from './flow-resources.ts';
import { UnsupportedMetadata } from './save-context.ts';

const OPERATORS: readonly string[] = [
  'EqualTo',
  'NotEqualTo',
  'GreaterThan',
  'GreaterThanOrEqualTo',
  'LessThan',
  'LessThanOrEqualTo',
  'StartsWith',
  'EndsWith',
  'Contains',
  'IsNull',
  'IsChanged',
] satisfies FlowOperator[];
const COMMON = ['name', 'label', 'description', 'locationX', 'locationY'];

/** Reads decisions and assignments; what they hold outside the vocabulary is refused with the name of the element. */
export function readElements(flow: XmlElement): Map<string, FlowElement> {
  const elements = new Map<string, FlowElement>();
  const readers = { decisions: readDecision, assignments: readAssignment };
  for (const [kind, read] of Object.entries(readers)) {
    for (const element of childrenNamed(flow, kind)) {
      const name = requireText(element, 'name');
      if (elements.has(name)) throw new UnsupportedMetadata(`two elements are called ${name}`);
      elements.set(
        name,
        namingPlace(name, () => read(element, name)),
      );
    }
  }
  return elements;
}

/** The name of the element that a connector leads to; undefined where the flow ends. */
export function readConnector(element: XmlElement, name: string): string | undefined {
  const connector = childNamed(element, name);
  if (!connector) return undefined;
  refuseUnknownChildren(connector, ['targetReference', 'isGoTo']);
  return requireText(connector, 'targetReference');
}

function readDecision(element: XmlElement, name: string): FlowElement {
  refuseUnknownChildren(element, [...COMMON, 'defaultConnector', 'defaultConnectorLabel', 'rules']);
  const rules = childrenNamed(element, 'rules').map((rule) => readRule(rule));
  if (rules.length === 0) throw new UnsupportedMetadata('a decision without rules');
  return { kind: 'decision', name, rules, next: readConnector(element, 'defaultConnector') };
}

function readRule(element: XmlElement): DecisionRule {
  const name = requireText(element, 'name');
  return namingPlace(name, () => {
    refuseUnknownChildren(element, ['name', 'label', 'description', 'conditionLogic', 'conditions', 'connector']);
    const conditions = childrenNamed(element, 'conditions').map(readCondition);
    const logic = parseConditionLogic(requireText(element, 'conditionLogic'), conditions.length);
    return { name, conditions, logic, next: readConnector(element, 'connector') };
  });
}

function readCondition(element: XmlElement): FlowCondition {
  refuseUnknownChildren(element, ['leftValueReference', 'operator', 'rightValue']);
  const operator = requireText(element, 'operator');
  if (!OPERATORS.includes(operator)) throw new UnsupportedMetadata(`operator ${operator} is not supported`);
  const name = requireText(element, 'leftValueReference');
  const condition: FlowCondition = {
    left: name === '$Record__Prior' ? { kind: 'prior record' } : parseReference(name, 'flow'),
    operator: operator as FlowOperator,
    right: readFlowValue(requireChild(element, 'rightValue')),
  };
  const objection = findObjection(condition);
  if (objection) throw new UnsupportedMetadata(`condition on ${name}: ${objection}`);
  return condition;
}

function findObjection({ left, operator, right }: FlowCondition): string | undefined {
  const asksForYesOrNo = operator === 'IsNull' || operator === 'IsChanged';
  if (asksForYesOrNo && !(right.kind === 'constant' && typeof right.value === 'boolean')) {
    return `${operator} is compared with true or false only`;
  }
  if (left.kind === 'prior record' && operator !== 'IsNull') return 'the prior record can only be null or not';
  if (operator === 'IsChanged' && !(left.kind === 'field' && left.path.length === 1)) {
    return 'only a field of $Record can be changed';
  }
  return undefined;
}

function readAssignment(element: XmlElement, name: string): FlowElement {
  refuseUnknownChildren(element, [...COMMON, 'assignmentItems', 'connector']);
  const items = childrenNamed(element, 'assignmentItems').map((item) => {
    refuseUnknownChildren(item, ['assignToReference', 'operator', 'value']);
    const operator = requireText(item, 'operator');
    if (operator !== 'Assign') throw new UnsupportedMetadata(`operator ${operator} is not supported`);
    return {
      field: readTarget(requireText(item, 'assignToReference')),
      value: readFlowValue(requireChild(item, 'value')),
    };
  });
  if (items.length === 0) throw new UnsupportedMetadata('an assignment without items');
  return { kind: 'assignment', name, items, next: readConnector(element, 'connector') };
}

function readTarget(text: string): string {
  const target = parseReference(text, 'flow');
  if (target.kind === 'field' && target.path.length === 1) return target.path[0];
  throw new UnsupportedMetadata(`${text} cannot be assigned; only fields of $Record can`);
}
