// @salesforce/apex over HTTP, with the platform's client cache: cacheable results are kept per method and parameters,
// frozen, and shared by all components; refreshApex asks again and tells everybody.
const KEPT_MS = 5 * 60 * 1000;
const cache = new Map();
/** The wire that emitted a provisioned value, for refreshApex. */
const origins = new WeakMap();

async function request(name, params) {
  const response = await fetch(`/apex/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(params ?? {}),
  });
  const text = await response.text();
  const body = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return body;
  throw freeze({ ok: false, status: response.status, statusText: response.statusText, headers: {}, body });
}

function freeze(value) {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

function keyOf(name, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  return `${name} ${JSON.stringify(given.sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function entryOf(name, params) {
  const key = keyOf(name, params);
  if (!cache.has(key)) {
    cache.set(key, { name, params, wires: new Set(), value: undefined, readAt: 0, loading: undefined });
  }
  return cache.get(key);
}

/** Errors are told, but not kept: the next who asks tries again. */
function load(entry) {
  entry.loading ??= request(entry.name, entry.params)
    .then(
      (data) => {
        entry.value = freeze({ data });
        entry.readAt = Date.now();
        for (const wire of [...entry.wires]) wire.emit({ data: entry.value.data, error: undefined });
        return entry.value.data;
      },
      (error) => {
        entry.value = undefined;
        for (const wire of [...entry.wires]) wire.emit({ data: undefined, error });
        throw error;
      },
    )
    .finally(() => {
      entry.loading = undefined;
    });
  return entry.loading;
}

function isFresh(entry) {
  return entry.value !== undefined && Date.now() - entry.readAt < KEPT_MS;
}

/** The module `@salesforce/apex/Class.method`: callable, and the adapter of a wire. */
export function createApex(name, cacheable) {
  const apex = (params) => {
    if (!cacheable) return request(name, params);
    const entry = entryOf(name, params);
    return isFresh(entry) ? Promise.resolve(entry.value.data) : load(entry);
  };
  apex.adapter = class ApexWire {
    constructor(callback) {
      this.callback = callback;
      this.emit({ data: undefined, error: undefined });
    }
    emit(value) {
      origins.set(value, this);
      this.callback(value);
    }
    connect() {
      this.connected = true;
      this.entry?.wires.add(this);
    }
    disconnect() {
      this.connected = false;
      this.entry?.wires.delete(this);
    }
    update(config) {
      this.entry?.wires.delete(this);
      this.entry = undefined;
      // The platform does not call Apex while a reactive parameter is undefined.
      if (Object.values(config ?? {}).some((value) => value === undefined)) return;
      if (!cacheable) {
        const message = `${name} must be annotated with @AuraEnabled(cacheable=true) to be used with @wire.`;
        this.emit({ data: undefined, error: { ok: false, status: 400, statusText: 'Bad Request', body: { message } } });
        return;
      }
      this.entry = entryOf(name, config);
      this.entry.wires.add(this);
      if (isFresh(this.entry)) this.emit({ data: this.entry.value.data, error: undefined });
      // The failure reaches the component through the wire.
      else load(this.entry).catch(() => undefined);
    }
  };
  return apex;
}

/** Asks again for what a wire provisioned; resolves when every component has the new value. */
export function refreshApex(provisioned) {
  const entry = origins.get(provisioned)?.entry;
  return entry === undefined ? Promise.resolve() : load(entry).then(() => undefined);
}

export function getSObjectValue(record, field) {
  return (field.fieldApiName ?? field).split('.').reduce((value, name) => value?.[name], record);
}
