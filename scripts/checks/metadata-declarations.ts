import path from 'node:path';
import ts from 'typescript';

/** What may stand in an element, by the vendor's declarations. */
export type Shape =
  | { kind: 'any' }
  | { kind: 'boolean' }
  | { kind: 'number' }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'elements'; elements: ReadonlyMap<string, ElementShape> };

export interface ElementShape {
  many: boolean;
  required: boolean;
  /** Read when asked for: the declarations refer to themselves. */
  shape: () => Shape;
}

// By path: the package's `exports` hide it.
const DECLARATIONS = path.resolve(import.meta.dirname, '../../node_modules/@salesforce/types/lib/metadata.d.ts');

/** Folder types have no declaration of their own. */
const DECLARED_AS: Readonly<Record<string, string>> = {
  DashboardFolder: 'Folder',
  EmailFolder: 'Folder',
  ReportFolder: 'Folder',
};

let loaded: ((root: string) => Shape | undefined) | undefined;

/** The shape of a root element; undefined for one that the Metadata API does not know. Reading takes a second, once. */
export function shapeOfRoot(root: string): Shape | undefined {
  loaded ??= loadDeclarations();
  return loaded(root);
}

function loadDeclarations(): (root: string) => Shape | undefined {
  const program = ts.createProgram([DECLARATIONS], { noLib: false, skipLibCheck: true, strict: true, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(DECLARATIONS);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${DECLARATIONS} declares no module`);
  const symbols = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
  const known = new Map<ts.Type, Shape>();

  const shapeOf = (declared: ts.Type): Shape => {
    const found = known.get(declared);
    if (found) return found;
    const shape = readShape(checker.getNonNullableType(declared));
    known.set(declared, shape);
    return shape;
  };
  const readShape = (type: ts.Type): Shape => {
    const members = type.isUnion() ? type.types : [type];
    if (members.every((member) => member.isStringLiteral())) {
      return { kind: 'choice', values: members.map((member) => member.value) };
    }
    if (members.every((member) => member.flags & ts.TypeFlags.BooleanLike)) return { kind: 'boolean' };
    if (type.flags & ts.TypeFlags.NumberLike) return { kind: 'number' };
    if (type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return { kind: 'any' };
    return {
      kind: 'elements',
      elements: new Map(type.getProperties().map((property) => [property.name, elementShape(property)])),
    };
  };
  const elementShape = (property: ts.Symbol): ElementShape => {
    const type = checker.getNonNullableType(checker.getTypeOfSymbol(property));
    const many = checker.isArrayType(type);
    const item = many ? checker.getTypeArguments(type as ts.TypeReference)[0] : type;
    return {
      many,
      required: !many && (property.flags & ts.SymbolFlags.Optional) === 0,
      shape: () => shapeOf(item ?? type),
    };
  };
  return (root) => {
    const symbol = symbols.get(DECLARED_AS[root] ?? root);
    return symbol && shapeOf(checker.getDeclaredTypeOfSymbol(symbol));
  };
}
