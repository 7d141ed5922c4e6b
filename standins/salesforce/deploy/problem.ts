import type { Component } from '../metadata/component.ts';
import { lineOfProblem } from '../metadata/xml-places.ts';

/** Why a component cannot be deployed, at its place. */
export interface Problem {
  type: string;
  name: string;
  file: string;
  line: number;
  problem: string;
}

/** A problem of a component; without a line it is looked for by the words of the message. */
export function problemOf(component: Component, problem: string, line?: number): Problem {
  const { type, name, file, xml } = component;
  return { type, name, file, line: component.line - 1 + (line ?? lineOfProblem(xml, problem)), problem };
}
