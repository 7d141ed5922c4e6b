import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UnsupportedMetadata } from '../logic/save-context.ts';
import { readXml } from './read-xml.ts';

/** What the metadata says of a Named Credential; address and secret are entered in Setup. */
export interface NamedCredentialDef {
  name: string;
  externalCredential: string;
  /** `Trainer_Connect-Service`: what permission sets grant. */
  principals: string[];
  /** `Authorization` and what stands before the key. */
  header: string;
  prefix: string;
}

/** Named and External Credentials of the package folders, by name. @throws UnsupportedMetadata */
export function loadCredentials(packageFolders: readonly string[]): Map<string, NamedCredentialDef> {
  const external = new Map(
    filesOf(packageFolders, 'externalCredentials', '.externalCredential-meta.xml').map(({ name, xml }) => [
      name,
      readExternal(name, xml),
    ]),
  );
  return new Map(
    filesOf(packageFolders, 'namedCredentials', '.namedCredential-meta.xml').map(({ name, xml }) => {
      const externalCredential = readNamed(name, xml);
      const found = external.get(externalCredential);
      if (!found)
        throw new UnsupportedMetadata(`${name}: the external credential ${externalCredential} does not exist`);
      return [name, { name, externalCredential, ...found }];
    }),
  );
}

function readNamed(name: string, text: string): string {
  const xml = readXml(text, 'NamedCredential');
  xml.only(
    'allowMergeFieldsInBody',
    'allowMergeFieldsInHeader',
    'calloutStatus',
    'generateAuthorizationHeader',
    'label',
    'namedCredentialParameters',
    'namedCredentialType',
  );
  if (xml.text('namedCredentialType') !== 'SecuredEndpoint' || xml.text('calloutStatus') !== 'Enabled') {
    throw new UnsupportedMetadata(`${name}: only enabled secured endpoints are understood`);
  }
  const parameters = xml.list('namedCredentialParameters');
  const authentication = parameters.find((one) => one.text('parameterType') === 'Authentication');
  if (parameters.length !== 2 || !authentication || !parameters.some((one) => one.text('parameterType') === 'Url')) {
    throw new UnsupportedMetadata(`${name}: one Url and one Authentication parameter are understood`);
  }
  return authentication.needText('externalCredential');
}

function readExternal(name: string, text: string): Pick<NamedCredentialDef, 'principals' | 'header' | 'prefix'> {
  const xml = readXml(text, 'ExternalCredential');
  xml.only('authenticationProtocol', 'externalCredentialParameters', 'label', 'description');
  if (xml.text('authenticationProtocol') !== 'Custom')
    throw new UnsupportedMetadata(`${name}: only Custom is understood`);
  const parameters = xml.list('externalCredentialParameters');
  const of = (type: string) => parameters.filter((one) => one.text('parameterType') === type);
  const [header, second] = of('AuthHeader');
  const formula = /^\{!'([^']*)' & \$Credential\.(\w+)\.ApiKey\}$/.exec(header?.needText('parameterValue') ?? '');
  if (!header || second || formula?.[2] !== name) {
    throw new UnsupportedMetadata(
      `${name}: one AuthHeader made of a text and $Credential.${name}.ApiKey is understood`,
    );
  }
  return {
    principals: of('NamedPrincipal').map((one) => `${name}-${one.needText('parameterName')}`),
    header: header.needText('parameterName'),
    prefix: formula[1] ?? '',
  };
}

function filesOf(folders: readonly string[], kind: string, ending: string): { name: string; xml: string }[] {
  return folders.flatMap((folder) => {
    const place = [path.join(folder, 'default', kind), path.join(folder, kind)].find((one) => existsSync(one));
    if (place === undefined) return [];
    return readdirSync(place)
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => ({ name: name.slice(0, -ending.length), xml: readFileSync(path.join(place, name), 'utf8') }));
  });
}
