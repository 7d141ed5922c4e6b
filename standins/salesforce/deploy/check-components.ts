import type { ApexRuntime } from '../apex/runtime.ts';
import { UnsupportedMetadata } from '../logic/save-context.ts';
import type { Component, Components } from '../metadata/component.ts';
import { buildCredentials, type NamedCredentialDef } from '../schema/load-credentials.ts';
import { buildSchema } from '../schema/load-schema.ts';
import { XmlElement } from '../schema/read-xml.ts';
import type { Schema } from '../schema/types.ts';
import { checkCode } from './check-code.ts';
import { knownNames } from './known-names.ts';
import { readComponent } from './needed-elements.ts';
import { PAGE_REFERENCES } from './page-references.ts';
import { problemOf, type Problem } from './problem.ts';
import { REPORT_REFERENCES } from './report-references.ts';
import { TEXT_REFERENCES } from './text-references.ts';

/** An org as it would be with these components, and what speaks against it. */
export interface Checked {
  schema: Schema;
  runtime: ApexRuntime;
  credentials: Map<string, NamedCredentialDef>;
  problems: Problem[];
}

const REFERENCES = { ...PAGE_REFERENCES, ...REPORT_REFERENCES, ...TEXT_REFERENCES };

/** Reads all components together: objects first, then what needs them. One problem a component is reported by each step. */
export function checkComponents(components: Components): Checked {
  const problems: Problem[] = [];
  const readable: Component[] = [];
  const elements = new Map<Component, XmlElement>();
  const refuse = (component: Component, problem: string, line?: number) => {
    problems.push(problemOf(component, problem, line));
  };
  for (const component of components.values()) {
    try {
      elements.set(component, readComponent(component) ?? new XmlElement({}));
      readable.push(component);
    } catch (error) {
      if (!(error instanceof UnsupportedMetadata)) throw error;
      const line = /\(line (\d+)\)/.exec(error.message)?.[1];
      refuse(component, error.message, line === undefined ? undefined : Number(line));
    }
  }
  const schema = buildSchema(readable, refuse);
  const credentials = buildCredentials(readable, refuse);
  const { runtime, problems: ofCode } = checkCode(components, schema);
  problems.push(...ofCode);
  const known = knownNames(components, schema, credentials);
  for (const component of readable) {
    const check = REFERENCES[component.type];
    const xml = elements.get(component);
    if (!check || !xml) continue;
    try {
      for (const problem of check(component, xml, known)) refuse(component, problem);
    } catch (error) {
      if (!(error instanceof UnsupportedMetadata)) throw error;
      refuse(component, error.message);
    }
  }
  return { schema, runtime, credentials, problems };
}
