import { UnsupportedMetadata } from '../logic/save-context.ts';
import type { Component } from '../metadata/component.ts';
import { readSource } from '../metadata/read-source.ts';
import { refuseLoudly, type Refuse } from './load-schema.ts';
import { readXml } from './read-xml.ts';

/** What the metadata says of a Named Credential; the secret is entered in Setup, and so may be the address. */
export interface NamedCredentialDef {
  name: string;
  url: string;
  externalCredential: string;
  /** `Trainer_Connect-Service`: what permission sets grant. */
  principals: string[];
  /** `Authorization` and what stands before the key. */
  header: string;
  prefix: string;
}

/** Named and External Credentials of the package folders, by name. @throws UnsupportedMetadata */
export function loadCredentials(packageFolders: readonly string[]): Map<string, NamedCredentialDef> {
  return buildCredentials(readSource(packageFolders), refuseLoudly);
}

export function buildCredentials(components: readonly Component[], refuse: Refuse): Map<string, NamedCredentialDef> {
  const external = new Map<string, ReturnType<typeof readExternal>>();
  const named = new Map<string, NamedCredentialDef>();
  const load = (type: string, read: (component: Component) => void) => {
    for (const component of components.filter((one) => one.type === type)) {
      try {
        read(component);
      } catch (error) {
        if (!(error instanceof UnsupportedMetadata)) throw error;
        refuse(component, error.message);
      }
    }
  };
  load('ExternalCredential', ({ name, xml }) => external.set(name, readExternal(name, xml)));
  load('NamedCredential', ({ name, xml }) => {
    const { externalCredential, url } = readNamed(name, xml);
    const found = external.get(externalCredential);
    if (!found) throw new UnsupportedMetadata(`${name}: the external credential ${externalCredential} does not exist`);
    named.set(name, { name, url, externalCredential, ...found });
  });
  return named;
}

function readNamed(name: string, text: string): { externalCredential: string; url: string } {
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
  const url = parameters.find((one) => one.text('parameterType') === 'Url');
  if (parameters.length !== 2 || !authentication || !url) {
    throw new UnsupportedMetadata(`${name}: one Url and one Authentication parameter are understood`);
  }
  return { externalCredential: authentication.needText('externalCredential'), url: url.needText('parameterValue') };
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
