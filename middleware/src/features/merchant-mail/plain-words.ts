/**
 * What somebody typed, on one line, in which no mail or calendar program finds a link: our mails come from an address
 * that people trust, and whoever books may write to anybody.
 */
export function plainWords(typed: string): string {
  return oneLine(typed)
    .replaceAll('://', ': ')
    .replaceAll('@', ' at ')
    .replaceAll(/(?<=[\p{L}\p{N}-])\.(?=\p{L}{2})/gu, '. ');
}

const LONGEST_NAME = 80;
const LINK_LIKE = /[/\\@]|www\.|[\p{L}\p{N}-]{2}\.\p{L}{2}/iu;

/** How to address somebody; undefined for what is no name but a message. */
export function plainName(typed: string | undefined): string | undefined {
  const name = oneLine(typed ?? '');
  return name === '' || name.length > LONGEST_NAME || LINK_LIKE.test(name) ? undefined : plainWords(name);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}
