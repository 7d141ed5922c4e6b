import Toast from 'lightning/toast';

/**
 * `ShowToastEvent` only says what to show; the page shows it. The toasts on the screen tell each other by events of the
 * same name, so ours are taken out on their way down: the first toast would stop every later one.
 */
export function showToasts() {
  const take = (event) => {
    const { title, message, messageData, variant, mode, toast } = event.detail;
    if (toast) return;
    event.stopImmediatePropagation();
    Toast.show(
      {
        label: title ?? '',
        message: filled(message, messageData),
        messageLinks: linksOf(messageData),
        variant: variant ?? 'info',
        mode: mode === 'sticky' ? 'sticky' : 'dismissible',
      },
      document.body,
    );
  };
  window.addEventListener('lightning__showtoast', take, { capture: true });
}

/** Texts take the place of `{0}`; links keep it, for the toast to fill. */
function filled(message, data) {
  if (!Array.isArray(data)) return message;
  return message?.replace(/\{(\d+)\}/g, (place, index) => (typeof data[index] === 'string' ? data[index] : place));
}

function linksOf(data) {
  if (!Array.isArray(data)) return undefined;
  return Object.fromEntries(data.flatMap((item, index) => (item?.url === undefined ? [] : [[index, item]])));
}
