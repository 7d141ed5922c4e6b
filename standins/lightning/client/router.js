// Addresses of Lightning Experience, and the page references that stand for them in code.
const listeners = new Set();

/** The page reference of an address; undefined for addresses that lead nowhere. */
export function toPageReference(url) {
  const { pathname, searchParams } = new URL(url, location.origin);
  const parts = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  if (parts[0] !== 'lightning') return undefined;
  const [, kind, first, second, third] = parts;
  const all = Object.fromEntries(searchParams);
  // State that is not the platform's own must carry a namespace; the platform drops what does not.
  const state = Object.fromEntries(Object.entries(all).filter(([name]) => /^\w+__/.test(name)));
  if (kind === 'n' && first && !second) return { type: 'standard__navItemPage', attributes: { apiName: first }, state };
  if (kind === 'o' && first && (second === 'list' || second === 'home')) {
    return {
      type: 'standard__objectPage',
      attributes: { objectApiName: first, actionName: second },
      state: all.filterName === undefined ? state : { ...state, filterName: all.filterName },
    };
  }
  if (kind === 'r' && first) {
    const attributes =
      third === undefined
        ? { recordId: first, actionName: second ?? 'view' }
        : { objectApiName: first, recordId: second, actionName: third };
    return attributes.actionName === 'view' ? { type: 'standard__recordPage', attributes, state } : undefined;
  }
  if (kind === 'page' && first === 'home') {
    return { type: 'standard__namedPage', attributes: { pageName: 'home' }, state };
  }
  return undefined;
}

/** The address of a page reference, without the origin as the platform gives it. */
export function toUrl({ type, attributes = {}, state = {} }) {
  if (type === 'standard__webPage') return attributes.url;
  const path = {
    standard__navItemPage: () => `n/${attributes.apiName}`,
    standard__objectPage: () => `o/${attributes.objectApiName}/${attributes.actionName === 'home' ? 'home' : 'list'}`,
    standard__recordPage: () =>
      attributes.objectApiName
        ? `r/${attributes.objectApiName}/${attributes.recordId}/view`
        : `r/${attributes.recordId}/view`,
    standard__namedPage: () => 'page/home',
  }[type];
  if (!path) throw new Error(`Pages of type ${type} are not known to this Lightning.`);
  const entries = Object.entries(state).filter(([, value]) => value !== undefined && value !== null);
  const query = new URLSearchParams(entries).toString();
  return `/lightning/${path()}${query === '' ? '' : `?${query}`}`;
}

export function currentPage() {
  return toPageReference(location.href);
}

/** Calls back with each new page reference, once now. Returns what ends it. */
export function watchPage(listener) {
  listeners.add(listener);
  listener(currentPage());
  return () => listeners.delete(listener);
}

/** Goes to a page without loading the document; other sites open beside it, as the platform does. */
export function navigate(reference, { replace = false } = {}) {
  const url = toUrl(reference);
  if (reference.type === 'standard__webPage') {
    window.open(url, '_blank', 'noopener');
    return;
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  if (!replace) window.scrollTo(0, 0);
  tell();
}

/** Follows a link of ours in place; leaves modified clicks and foreign addresses to the browser. */
export function followLink(event) {
  const link = event.currentTarget;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const reference = toPageReference(link.href);
  if (!reference || link.origin !== location.origin) return;
  event.preventDefault();
  navigate(reference);
}

function tell() {
  const page = currentPage();
  for (const listener of [...listeners]) listener(page);
}

window.addEventListener('popstate', tell);
