import type { FieldValue, SaveContext } from './save-context.ts';
import type { XmlElement } from './metadata-xml.ts';
import { asCondition } from './formula-values.ts';
import {
  childNamed,
  namingPlace,
  readBoolean,
  readMetadata,
  refuseUnknownChildren,
  requireText,
} from './metadata-xml.ts';
import { evaluateFormula, parseFormula } from './formula.ts';
import { fieldOfReference } from './reference.ts';
import { UnsupportedMetadata } from './save-context.ts';

export interface ValidationRule {
  name: string;
  object: string;
  active: boolean;
  message: string;
  /** Where the message is shown; undefined: at the top of the page. */
  errorField?: string;
  /** Fields of the object that the rule uses, so that the org can check that they exist. */
  references: string[];
  /** True if the record must not be saved; an inactive rule never fails. */
  fails(context: SaveContext): boolean;
}

const ELEMENTS = ['fullName', 'active', 'description', 'errorConditionFormula', 'errorDisplayField', 'errorMessage'];

/**
 * Reads a `.validationRule-meta.xml` of the object. Throws UnsupportedMetadata, naming rule and construct, for everything
 * outside the vocabulary of `formula.ts`; inactive rules are held to it too.
 */
export function loadValidationRule(object: string, xml: string): ValidationRule {
  const root = readMetadata(xml, 'ValidationRule');
  const name = requireText(root, 'fullName');
  return namingPlace(`validation rule ${object}.${name}`, () => {
    refuseUnknownChildren(root, ELEMENTS);
    return describeRule(object, name, root);
  });
}

function describeRule(object: string, name: string, root: XmlElement): ValidationRule {
  const active = readBoolean(requireText(root, 'active'));
  const errorField = childNamed(root, 'errorDisplayField')?.text;
  const formula = parseFormula(requireText(root, 'errorConditionFormula'), 'rule');
  const used = formula.references.map(fieldOfReference).filter((field) => field !== undefined);
  const noResource = (resource: string): FieldValue => {
    throw new UnsupportedMetadata(`${resource} is not a field`);
  };
  return {
    name,
    object,
    active,
    message: requireText(root, 'errorMessage'),
    ...(errorField && { errorField }),
    references: [...new Set(errorField ? [...used, errorField] : used)],
    fails: (context) => active && asCondition(evaluateFormula(formula, { context, resource: noResource })) === true,
  };
}
