import type { FieldValue, SaveContext } from './save-context.ts';
import type { FlowElement, FlowModel, FlowResource, RecordTrigger } from './flow-model.ts';
import type { ReferenceScope } from './reference.ts';
import { FormulaFailure, isDate, isInstant } from './formula-values.ts';
import { collectAssignedFields, collectFlowReferences, readFlow } from './flow-reader.ts';
import { evaluateFormula } from './formula.ts';
import { fieldOfReference } from './reference.ts';
import { isMet, valueOf } from './flow-conditions.ts';
import { meetsLogic } from './condition-logic.ts';

export interface BeforeSaveFlow {
  name: string;
  object: string;
  on: RecordTrigger;
  /** Only active flows do anything; the others are read and held to the vocabulary as well. */
  active: boolean;
  /** Fields of the object that the flow uses or assigns, so that the org can check that they exist. */
  references: string[];
  /** What the flow assigns to `$Record` during this save; empty where it does not apply. */
  run(context: SaveContext): Record<string, FieldValue>;
}

/**
 * Reads a record-triggered flow that runs before the save. Flow files do not hold their API name: `name` is the file's, and
 * without it the label stands in. Throws UnsupportedMetadata for everything outside the vocabulary: decisions, assignments
 * to `$Record`, formulas, constants and variables that stay blank.
 */
export function loadBeforeSaveFlow(xml: string, name?: string): BeforeSaveFlow {
  const model = readFlow(xml, name);
  const used = collectFlowReferences(model)
    .map(fieldOfReference)
    .filter((field) => field !== undefined);
  return {
    name: model.name,
    object: model.object,
    on: model.on,
    active: model.active,
    references: [...new Set([...used, ...collectAssignedFields(model)])],
    run: (context) => (applies(model, context) ? runFlow(model, context) : {}),
  };
}

function applies(model: FlowModel, context: SaveContext): boolean {
  return model.active && model.on !== (context.prior === null ? 'Update' : 'Create');
}

/** Follows the connectors from the start; later elements, and later items of one assignment, see what was assigned. */
function runFlow(model: FlowModel, context: SaveContext): Record<string, FieldValue> {
  const assigned: Record<string, FieldValue> = {};
  const currentScope = (): ReferenceScope => scopeOf(model, withAssigned(context, assigned));
  let next = model.first;
  while (next !== undefined) {
    const element = model.elements.get(next);
    if (element?.kind === 'decision') {
      next = decide(element, currentScope());
    } else {
      for (const { field, value } of element?.items ?? []) assigned[field] = valueOf(value, currentScope());
      next = element?.next;
    }
  }
  return assigned;
}

/** The element after the first rule that is met, or after the default outcome. */
function decide(decision: Extract<FlowElement, { kind: 'decision' }>, scope: ReferenceScope): string | undefined {
  const met = decision.rules.find(({ logic, conditions }) =>
    meetsLogic(logic, (index) => {
      const condition = conditions[index - 1];
      return condition !== undefined && isMet(condition, scope);
    }),
  );
  return met ? met.next : decision.next;
}

function withAssigned(context: SaveContext, assigned: Readonly<Record<string, FieldValue>>): SaveContext {
  const { object, record, prior, userId, now } = context;
  return {
    object,
    record: { ...record, ...assigned },
    prior,
    userId,
    now,
    related: (path) => context.related(path),
    hasCustomPermission: (name) => context.hasCustomPermission(name),
  };
}

function scopeOf(model: FlowModel, context: SaveContext): ReferenceScope {
  const scope: ReferenceScope = {
    context,
    resource: (name) => {
      const resource = model.resources.get(name);
      return resource ? valueOfResource(name, resource, scope) : null;
    },
  };
  return scope;
}

function valueOfResource(name: string, resource: FlowResource, scope: ReferenceScope): FieldValue {
  if (resource.kind === 'constant') return resource.value;
  const value = evaluateFormula(resource.formula, scope);
  const fits =
    value === null ||
    (resource.dataType === 'String' && typeof value === 'string') ||
    (resource.dataType === 'Number' && typeof value === 'number') ||
    (resource.dataType === 'Boolean' && typeof value === 'boolean') ||
    (resource.dataType === 'Date' && isDate(value)) ||
    (resource.dataType === 'DateTime' && isInstant(value));
  if (!fits) throw new FormulaFailure(`formula ${name} is not a ${resource.dataType}: ${String(value)}`);
  return typeof value === 'number' ? Number(value.toFixed(resource.scale)) : value;
}
