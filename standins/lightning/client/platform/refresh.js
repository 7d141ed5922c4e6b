// lightning/refresh: a component asks with RefreshEvent, those who registered a handler read again.
const handlers = new Map();
let nextId = 1;

export class RefreshEvent extends CustomEvent {
  constructor() {
    super('lightning__refreshview', { bubbles: true, composed: true });
  }
}

/** Calls `handler` on its component at each refresh. Answers what `unregisterRefreshHandler` takes. */
export function registerRefreshHandler(component, handler) {
  const id = nextId++;
  handlers.set(id, () => handler.call(component));
  return id;
}

export function unregisterRefreshHandler(id) {
  return handlers.delete(id);
}

window.addEventListener('lightning__refreshview', () => {
  for (const run of [...handlers.values()]) run();
});
