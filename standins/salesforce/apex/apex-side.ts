import type { Actor } from '../access/actor.ts';
import type { AfterSaveFlow } from '../logic/after-save-flow.ts';
import type { Sessions } from '../oauth/sessions.ts';
import type { Components } from '../metadata/component.ts';
import { buildCredentials, type NamedCredentialDef } from '../schema/load-credentials.ts';
import { refuseLoudly } from '../schema/load-schema.ts';
import type { Schema } from '../schema/types.ts';
import { callOut, type CredentialSecrets } from './callout.ts';
import { classSources, compileClasses } from './load-program.ts';
import { createApexRuntime, type ApexRuntime, type ApexUser } from './runtime.ts';
import { UnsupportedApex } from './values.ts';

export interface ApexSideDeps {
  schema: Schema;
  components: () => Components;
  orgId: string;
  url: () => string;
  sessions: Pick<Sessions, 'start'>;
}

export type ApexSide = ReturnType<typeof createApexSide>;

/** The part of the org that runs code: classes, credentials, and users as code acts for them. */
export function createApexSide(deps: ApexSideDeps) {
  const credentials = new Map<string, CredentialSecrets>();
  const closing = new AbortController();
  let runtime: ApexRuntime | undefined;
  let defined: Map<string, NamedCredentialDef> | undefined;

  // Parsing classes takes long, so it waits until somebody needs them.
  const apex = (): ApexRuntime => {
    if (runtime) return runtime;
    const program = compileClasses(classSources(deps.components()), (_source, error) => {
      throw error;
    });
    const compiled = createApexRuntime(program);
    for (const object of deps.schema.objects.values()) {
      for (const flow of object.afterSaveFlows) checkAction(compiled, flow);
    }
    return (runtime = compiled);
  };

  const definedCredentials = () => (defined ??= buildCredentials([...deps.components().values()], refuseLoudly));

  const apexUser = (actor: Actor): ApexUser => {
    const token = deps.sessions.start(actor.userId, null).token;
    return {
      username: actor.username,
      apexClasses: actor.apexClasses,
      world: {
        userId: actor.userId,
        orgId: deps.orgId,
        hasCustomPermission: (name) => actor.customPermissions.has(name),
        read: async (path) => {
          const headers = { authorization: `Bearer ${token}` };
          const response = await fetch(`${deps.url()}/services/data/v65.0${path}`, { headers });
          return { status: response.status, body: await response.json() };
        },
        send: (request) =>
          callOut(
            {
              credentials: definedCredentials(),
              secretsOf: (name) => credentials.get(name),
              mayUse: (principal) => actor.credentialPrincipals.has(principal),
              closing: closing.signal,
            },
            request,
          ),
      },
    };
  };

  return {
    credentials,
    apex,
    definedCredentials,
    /** Other classes, flows or credentials are there now. */
    changed: () => {
      runtime = undefined;
      defined = undefined;
    },
    apexUser,
    invoke: async (actor: Actor, apexClass: string, inputs: readonly Record<string, string>[]): Promise<void> => {
      // Sparing an org without Setup the reading of the classes: no callout could leave it.
      if (credentials.size === 0) throw new Error('No named credential was set up.');
      await apex().invoke(apexUser(actor), apexClass, inputs);
    },
    stopCallouts: () => closing.abort(new Error('The org is being closed.')),
  };
}

/** The platform refuses to deploy a flow whose action does not exist, or calls out without saying so. */
export function checkAction(runtime: ApexRuntime, flow: AfterSaveFlow): void {
  const { apexClass, inputNames } = flow.action;
  const invocable = runtime.invocable(apexClass);
  if (!invocable?.callout)
    throw new UnsupportedApex(`flow ${flow.name}: ${apexClass} has no invocable method with callout=true`);
  const unknown = inputNames.find((name) => !invocable.inputs.includes(name));
  if (unknown !== undefined) throw new UnsupportedApex(`flow ${flow.name}: ${apexClass} has no input ${unknown}`);
}
