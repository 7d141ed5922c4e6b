import { ApexType, asText, thrown, UnsupportedApex, type ApexValue } from './values.ts';
import { fromJson, toJson, valueOfJson } from './json.ts';
import type { World } from './world.ts';

export interface LibraryFunction {
  parameters: number;
  run(world: World, given: readonly ApexValue[]): ApexValue;
}

const text = (value: ApexValue | undefined): string => asText(value ?? null);
const isBlank = (value: ApexValue | undefined): boolean => value == null || text(value).trim() === '';

/** The platform's static methods that are followed. */
export const STATICS: Readonly<Record<string, LibraryFunction>> = {
  'UserInfo.getUserId': { parameters: 0, run: (world) => world.userId },
  'UserInfo.getOrganizationId': { parameters: 0, run: (world) => world.orgId },
  'FeatureManagement.checkPermission': {
    parameters: 1,
    run: (world, [name]) => world.hasCustomPermission(text(name)),
  },
  'String.isBlank': { parameters: 1, run: (_world, [value]) => isBlank(value) },
  'String.isNotBlank': { parameters: 1, run: (_world, [value]) => !isBlank(value) },
  'String.valueOf': { parameters: 1, run: (_world, [value]) => (value == null ? null : text(value)) },
  'String.join': {
    parameters: 2,
    run: (_world, [list, separator]) => {
      if (!Array.isArray(list)) throw new UnsupportedApex('String.join takes a list');
      return list.map(text).join(text(separator));
    },
  },
  'EncodingUtil.urlEncode': {
    parameters: 2,
    run: (_world, [value, charset]) => {
      if (charset !== 'UTF-8') throw new UnsupportedApex('urlEncode with another charset than UTF-8');
      // Like the platform: a form encoding, in which a blank is a plus.
      return new URLSearchParams({ v: text(value) }).toString().slice(2);
    },
  },
  'JSON.serialize': { parameters: 1, run: (_world, [value]) => JSON.stringify(toJson(value ?? null)) },
  'JSON.deserializeUntyped': { parameters: 1, run: (_world, [value]) => valueOfJson(parsed(value)) },
  'JSON.deserialize': {
    parameters: 2,
    run: (_world, [value, type]) => {
      if (!(type instanceof ApexType)) throw new UnsupportedApex('JSON.deserialize takes a class of the package');
      return fromJson(type.def, parsed(value));
    },
  },
};

function parsed(value: ApexValue | undefined): unknown {
  try {
    return JSON.parse(text(value)) as unknown;
  } catch (error) {
    throw thrown('JSONException', error instanceof Error ? error.message : 'Unexpected character');
  }
}
