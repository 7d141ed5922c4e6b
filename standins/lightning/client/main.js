// Lightning Experience still runs on synthetic shadow, and the base components' styles rely on it: it must be first.
import '@lwc/synthetic-shadow';
import { createElement } from 'lwc';
import App from 'shell/app';
import { showToasts } from './toasts.js';

showToasts();
document.querySelector('#splash')?.remove();
document.body.append(createElement('shell-app', { is: App }));

if (globalThis.__SF__.watch) new EventSource('/build/changes').addEventListener('change', () => location.reload());
