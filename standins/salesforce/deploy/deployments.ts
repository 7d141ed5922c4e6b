import type { Actor } from '../access/actor.ts';
import { SalesforceError } from '../errors.ts';
import { keyOf, type Component, type Components } from '../metadata/component.ts';
import { UnsupportedMetadata } from '../logic/save-context.ts';
import { componentsOf, unzipPackage, type Package } from '../metadata/read-package.ts';
import type { SaveDeps } from '../save/save-record.ts';
import type { Schema } from '../schema/types.ts';
import { recordId } from '../store/ids.ts';
import { storeComponents } from '../store/stored-components.ts';
import { checkComponents } from './check-components.ts';
import { isNamed, manifestProblems } from './check-manifest.ts';
import { deployResult, type DeployedComponent, type DeployOptions, type DeployResult } from './deploy-result.ts';
import type { Problem } from './problem.ts';
import { sameComponent } from './same-component.ts';
import { dataProblems, dropReplacedColumns } from './schema-change.ts';
import { writeSetupRows } from './setup-rows.ts';

export interface Deployments {
  /** @throws SalesforceError for people who may not, and for what is no package */
  deploy(actor: Actor, zip: Buffer, options: DeployOptions): Promise<DeployResult>;
  /** @throws SalesforceError for unknown ids */
  result(id: string): DeployResult;
}

export interface DeploymentDeps extends SaveDeps {
  components: () => Components;
  /** Called when a deployment is committed. */
  deployed: (components: Components, schema: Schema) => void;
}

const RESULTS_KEPT = 50;

/** Deploys packages: everything of one or nothing, and the running org changes only when it is committed. */
export function createDeployments(deps: DeploymentDeps): Deployments {
  const results = new Map<string, DeployResult>();
  return {
    deploy: async (actor, zip, options) => {
      if (!actor.administrator) {
        throw new SalesforceError('INSUFFICIENT_ACCESS', 'use of the Metadata API requires Modify Metadata', 403);
      }
      let pack: Package;
      try {
        pack = await unzipPackage(zip);
      } catch (error) {
        if (!(error instanceof UnsupportedMetadata)) throw error;
        throw new SalesforceError('INVALID_ZIP_FILE', error.message);
      }
      const id = recordId('0Af', deps.store.nextNumber('deployments'));
      const result = deployResult({
        id,
        options,
        root: pack.root,
        user: { id: actor.userId, name: actor.username },
        at: deps.now().toISOString(),
        ...deployPackage(deps, pack, options),
      });
      results.set(id, result);
      const [oldest] = results.keys();
      if (results.size > RESULTS_KEPT && oldest !== undefined) results.delete(oldest);
      return result;
    },
    result: (id) => {
      const result = results.get(id);
      if (!result) throw new SalesforceError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
      return result;
    },
  };
}

interface Outcome {
  deployed: DeployedComponent[];
  problems: Problem[];
}

function deployPackage(deps: DeploymentDeps, pack: Package, options: DeployOptions): Outcome {
  const problems: Problem[] = [];
  const destructive = [...pack.files.keys()].filter((place) => /^destructiveChanges\w*\.xml$/.test(place));
  const files = { ...pack, files: new Map([...pack.files].filter(([place]) => !destructive.includes(place))) };
  for (const file of destructive) {
    problems.push({ type: '', name: file, file, line: 1, problem: 'This org does not delete metadata.' });
  }
  const components = componentsOf(files, (file, problem, line) => {
    problems.push({ type: '', name: file, file, line: line ?? 1, problem });
  });
  problems.push(...manifestProblems(pack, components));
  let incoming = components.filter((component) => isNamed(pack, component));
  const changes = incoming.map((component): DeployedComponent => {
    const known = deps.components().get(keyOf(component));
    return { component, change: !known ? 'created' : sameComponent(known, component) ? 'same' : 'changed' };
  });
  if (options.rollbackOnError) {
    if (problems.length === 0) problems.push(...applyComponents(deps, incoming, options.checkOnly));
    return { deployed: changes, problems };
  }
  // Without rollback the faulty components are left out until what is left fits together.
  for (;;) {
    const found = applyComponents(deps, incoming, options.checkOnly);
    problems.push(...found);
    const faulty = new Set(found.map(keyOf));
    const left = incoming.filter((component) => !faulty.has(keyOf(component)));
    if (found.length === 0 || left.length === incoming.length) return { deployed: changes, problems };
    incoming = left;
  }
}

/** One transaction: tables, setup records and the stored components; undone where there is a problem, or only a check. */
function applyComponents(deps: DeploymentDeps, incoming: readonly Component[], checkOnly: boolean): Problem[] {
  const { store } = deps;
  const components = new Map([...deps.components(), ...incoming.map((one) => [keyOf(one), one] as const)]);
  const { schema, problems } = checkComponents(components);
  if (problems.length > 0) return problems;
  const refused = dataProblems(store, components, deps.schema, schema);
  if (refused.length > 0) return refused;
  const apply = () => {
    dropReplacedColumns(store, deps.schema, schema);
    store.adopt(schema);
    writeSetupRows({ ...deps, schema }, components);
    storeComponents(store, incoming);
  };
  try {
    store.attempt(apply, () => !checkOnly);
  } catch (error) {
    store.adopt(deps.schema);
    throw error;
  }
  if (checkOnly) store.adopt(deps.schema);
  else deps.deployed(components, schema);
  return [];
}
