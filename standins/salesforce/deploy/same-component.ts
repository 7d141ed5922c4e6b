import { isDeepStrictEqual } from 'node:util';
import { XMLParser } from 'fast-xml-parser';
import type { Component } from '../metadata/component.ts';

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true });

/** Whether two components say the same, whatever their line breaks, comments and order of elements. */
export function sameComponent(left: Component, right: Component): boolean {
  if (!sameXml(left.xml, right.xml)) return false;
  const code = (component: Component) =>
    [...component.parts].filter(([, content]) => String(content) !== component.xml);
  const [first, second] = [new Map(code(left)), new Map(code(right))];
  return first.size === second.size && [...first].every(([place, content]) => second.get(place)?.equals(content));
}

function sameXml(left: string, right: string): boolean {
  return left === right || isDeepStrictEqual(meaning(left), meaning(right));
}

function meaning(xml: string): unknown {
  const document = parser.parse(xml) as Record<string, unknown>;
  delete document['?xml'];
  return collapsed(document);
}

function collapsed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\s+/g, ' ');
  if (Array.isArray(value)) return value.map(collapsed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, collapsed(inner)]));
}
