import Toast from 'lightning/toast';

/** `ShowToastEvent` only says what to show; the page shows it. */
export function showToasts() {
  window.addEventListener('lightning__showtoast', ({ detail }) => {
    const { title, message, messageData, variant, mode } = detail;
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
  });
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
