const loaded = new Map();

function loadOnce(url, create) {
  if (!loaded.has(url)) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const element = create();
    element.addEventListener('load', () => resolve());
    element.addEventListener('error', () => reject(new Error(`${url} could not be loaded.`)));
    document.head.append(element);
    loaded.set(url, promise);
  }
  return loaded.get(url);
}

export const loadScript = (_component, url) =>
  loadOnce(url, () => Object.assign(document.createElement('script'), { src: url }));

export const loadStyle = (_component, url) =>
  loadOnce(url, () => Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url }));
