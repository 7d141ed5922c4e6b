import type { FieldValue } from './save-context.ts';
import type { FlowResource, FlowValue, ResourceType } from './flow-model.ts';
import type { XmlElement } from './metadata-xml.ts';
import {
  childNamed,
  childrenNamed,
  namingPlace,
  readBoolean,
  refuseUnknownChildren,
  requireChild,
  requireText,
} from './metadata-xml.ts';
import { isDate, isInstant } from './formula-values.ts';
import { parseFormula } from './formula.ts';
import { parseReference } from './reference.ts';
import { UnsupportedMetadata } from './save-context.ts';

const TYPES: readonly string[] = ['String', 'Number', 'Boolean', 'Date', 'DateTime'] satisfies ResourceType[];

/** Reads formulas, constants and variables of a flow; a variable is only supported as a blank that nothing fills. */
export function readResources(flow: XmlElement): Map<string, FlowResource> {
  const resources = new Map<string, FlowResource>();
  const readers = { formulas: readFormula, constants: readConstant, variables: readBlankVariable };
  for (const [kind, read] of Object.entries(readers)) {
    for (const element of childrenNamed(flow, kind)) {
      const name = requireText(element, 'name');
      if (resources.has(name)) throw new UnsupportedMetadata(`two resources are called ${name}`);
      resources.set(
        name,
        namingPlace(name, () => read(element)),
      );
    }
  }
  refuseFormulaCycles(resources);
  return resources;
}

/** Reads `<stringValue>` and its siblings, or a reference. */
export function readFlowValue(element: XmlElement): FlowValue {
  const [only, second] = element.children;
  if (!only || second) throw new UnsupportedMetadata(`<${element.name}> holds one value`);
  if (only.name === 'elementReference') return { kind: 'reference', reference: parseReference(only.text, 'flow') };
  return { kind: 'constant', value: readConstantValue(only) };
}

function readConstantValue({ name, text }: XmlElement): FieldValue {
  switch (name) {
    case 'stringValue':
      return text === '' ? null : text;
    case 'booleanValue':
      return readBoolean(text);
    case 'numberValue':
      if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
      break;
    case 'dateTimeValue':
      if (isInstant(text)) return text;
      break;
    case 'dateValue':
      if (isDate(text)) return text;
      break;
  }
  throw new UnsupportedMetadata(`<${name}> ${text} is not supported as a value`);
}

function readFormula(element: XmlElement): FlowResource {
  refuseUnknownChildren(element, ['description', 'name', 'dataType', 'expression', 'scale']);
  const dataType = readType(element);
  const formula = parseFormula(requireText(element, 'expression'), 'flow');
  return { kind: 'formula', formula, dataType, scale: readScale(element, dataType) };
}

function readConstant(element: XmlElement): FlowResource {
  refuseUnknownChildren(element, ['description', 'name', 'dataType', 'value']);
  readType(element);
  const value = readFlowValue(requireChild(element, 'value'));
  if (value.kind !== 'constant') throw new UnsupportedMetadata('a constant cannot refer to something else');
  return value;
}

function readBlankVariable(element: XmlElement): FlowResource {
  const flags = ['isCollection', 'isInput', 'isOutput'];
  refuseUnknownChildren(element, ['description', 'name', 'dataType', 'scale', ...flags]);
  readScale(element, readType(element));
  for (const flag of flags) {
    if (childNamed(element, flag)?.text === 'true')
      throw new UnsupportedMetadata(`a variable with ${flag} is not supported`);
  }
  return { kind: 'constant', value: null };
}

function readType(element: XmlElement): ResourceType {
  const type = requireText(element, 'dataType');
  if (!TYPES.includes(type)) throw new UnsupportedMetadata(`data type ${type} is not supported`);
  return type as ResourceType;
}

function readScale(element: XmlElement, dataType: ResourceType): number {
  const scale = childNamed(element, 'scale')?.text;
  if (scale === undefined) return 0;
  if (dataType !== 'Number' || !/^\d+$/.test(scale)) throw new UnsupportedMetadata(`scale ${scale} is not supported`);
  return Number(scale);
}

function refuseFormulaCycles(resources: ReadonlyMap<string, FlowResource>): void {
  const follow = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new UnsupportedMetadata(`formula ${name} refers to itself`);
    const resource = resources.get(name);
    if (resource?.kind !== 'formula') return;
    for (const reference of resource.formula.references) {
      if (reference.kind === 'resource') follow(reference.name, [...path, name]);
    }
  };
  for (const name of resources.keys()) follow(name, []);
}
