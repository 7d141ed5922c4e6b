/** One piece of metadata under its full name, whether it came from a package folder or from a deployed zip. */
export interface Component {
  /** `CustomField` */
  type: string;
  /** `Training_Booking__c.Start__c`, `Trainer_Connect/Trainer_Connections` for what lies in folders. */
  name: string;
  /** Where it was read, for messages. */
  file: string;
  /** The line of that file at which `xml` starts. */
  line: number;
  /** The metadata alone, with its own root element; empty for folders of code without any. */
  xml: string;
  /** Its files in the layout of the Metadata API; none for parts of an object, which share one file. */
  parts: ReadonlyMap<string, Buffer>;
}

/** What an org has, or would have after a deployment, by `keyOf`. */
export type Components = ReadonlyMap<string, Component>;

export const keyOf = ({ type, name }: { type: string; name: string }) => `${type}:${name.toLowerCase()}`;

export const byKey = (components: readonly Component[]): Map<string, Component> =>
  new Map(components.map((component) => [keyOf(component), component]));

export const ofType = (components: Components, type: string): Component[] =>
  [...components.values()].filter((component) => component.type === type);
