import { fieldAt, unknown, unknownFields, unknownNames, type Catalog } from './metadata-catalog.ts';
import { problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';

/** Elements that name something which another element of the flow defines, or the record. */
const POINTERS = ['elementReference', 'assignToReference', 'leftValueReference'];

/** What a flow names: its own elements and resources, fields, Apex with its inputs, labels and custom permissions. */
export function checkFlowReferences(source: PackageSource, catalog: Catalog): string[] {
  return source
    .of('flow')
    .flatMap((flow) => [
      ...fieldProblems(flow, catalog),
      ...elementProblems(flow),
      ...resourceProblems(flow, catalog),
      ...flow.root.all('actionCalls').flatMap((call) => actionProblems(flow, call, catalog)),
    ]);
}

function fieldProblems({ file, root }: MetadataFile, catalog: Catalog): string[] {
  const start = root.first('start');
  const objects = new Set(catalog.objects.keys());
  const named = [start, ...root.all('recordCreates'), ...root.all('recordLookups'), ...root.all('recordUpdates')];
  return named
    .filter((element) => element !== undefined)
    .flatMap((element) => {
      const object = element.first('object') ?? start?.first('object');
      if (!object) return [];
      if (!objects.has(object.text)) return [unknown(file, object.line, 'object', object.text)];
      const fields = [...element.all('filters'), ...element.all('inputAssignments')].map((one) => one.first('field'));
      return unknownFields(catalog, file, object.text, [...fields, ...element.all('queriedFields')]);
    });
}

function elementProblems({ file, root }: MetadataFile): string[] {
  const names = new Set(root.children.flatMap((child) => child.all('name')).map(({ text }) => text));
  return unknownNames(file, root.below('targetReference'), names, 'flow element');
}

function resourceProblems({ file, root }: MetadataFile, catalog: Catalog): string[] {
  const object = root.first('start')?.textOf('object') ?? '';
  const names = new Set(root.children.flatMap((child) => child.all('name')).map(({ text }) => text));
  const inFormulas = root.all('formulas').flatMap((formula) => {
    const expression = formula.first('expression');
    return [...(expression?.text ?? '').matchAll(/\{!([^}]+)\}|(\$\w+\.[\w.]+)/g)].map(([, merged, bare]) => ({
      line: expression?.line ?? formula.line,
      text: merged ?? bare ?? '',
    }));
  });
  return [...root.below(...POINTERS), ...inFormulas].flatMap(({ line, text }) => {
    const [first = '', ...rest] = text.split('.');
    const path = rest.join('.');
    const ok = {
      $Record: () => path === '' || fieldAt(catalog, object, path) !== undefined,
      $Record__Prior: () => path === '' || fieldAt(catalog, object, path) !== undefined,
      $Permission: () => catalog.names('customPermission').has(path),
      $Label: () => catalog.labels.has(path),
    }[first];
    const fine = ok ? ok() : first.startsWith('$') || names.has(first);
    return fine ? [] : [unknown(file, line, 'flow resource', text)];
  });
}

function actionProblems({ file }: MetadataFile, call: XmlNode, catalog: Catalog): string[] {
  if (call.textOf('actionType') !== 'apex') return [];
  const action = call.first('actionName');
  const line = action?.line ?? call.line;
  const source = catalog.classes.get(action?.text ?? '');
  if (!source) return [unknown(file, line, 'class', action?.text ?? '')];
  if (!/@InvocableMethod\b/i.test(source.text)) {
    return [problem(file, line, `${action?.text ?? ''} has no @InvocableMethod`, 'name the class that has one')];
  }
  const callsOut = /\bTrainerConnectMiddleware\.|callout:/.test(source.text);
  const saysSo = /@InvocableMethod\([^)]*\bcallout\s*=\s*true/i.test(source.text);
  const silent =
    callsOut && !saysSo
      ? [problem(file, line, `${source.file} calls out without saying so`, 'write @InvocableMethod(callout=true)')]
      : [];
  const unknownInputs = call
    .all('inputParameters')
    .flatMap((input) => input.all('name'))
    .filter(({ text }) => !new RegExp(`@InvocableVariable[^;]*\\b${text}\\s*;`, 'i').test(source.text))
    .map((input) => unknown(file, input.line, `input of ${action?.text ?? ''}`, input.text));
  return [...silent, ...unknownInputs];
}
