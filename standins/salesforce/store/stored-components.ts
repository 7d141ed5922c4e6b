import type { Component } from '../metadata/component.ts';
import type { Store } from './open-store.ts';

/** What was deployed to this org since it exists; what it was started with is not among it. */
export function readStoredComponents(store: Store): Component[] {
  return store.all('SELECT type, name, component FROM _component ORDER BY type, name').map((row) => {
    const { parts, ...rest } = JSON.parse(String(row['component'])) as Omit<Component, 'parts'> & {
      parts: [string, string][];
    };
    return { ...rest, parts: new Map(parts.map(([place, content]) => [place, Buffer.from(content, 'base64')])) };
  });
}

export function storeComponents(store: Store, components: readonly Component[]): void {
  for (const component of components) {
    const parts = [...component.parts].map(([place, content]) => [place, content.toString('base64')]);
    store.run(
      'INSERT OR REPLACE INTO _component (type, name, component) VALUES (?, ?, ?)',
      component.type,
      component.name.toLowerCase(),
      JSON.stringify({ ...component, parts }),
    );
  }
}
