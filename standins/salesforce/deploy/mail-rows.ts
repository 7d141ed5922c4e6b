import { ofType, type Components } from '../metadata/component.ts';
import { setupInserter } from '../sample/load-users.ts';
import type { SaveDeps } from '../save/save-record.ts';
import { readXml } from '../schema/read-xml.ts';

const TEXT = '.email';

/** Records of the classic e-mail templates, text and subject as their metadata have them. */
export function writeEmailTemplates(deps: SaveDeps, components: Components): void {
  const insert = setupInserter(deps);
  deps.store.run('DELETE FROM "EmailTemplate"');
  for (const { name, xml, parts } of ofType(components, 'EmailTemplate')) {
    const text = [...parts].find(([file]) => file.endsWith(TEXT))?.[1];
    // A folder has the type of what lies in it, and no text.
    if (text === undefined) continue;
    const template = readXml(xml, 'EmailTemplate');
    insert('EmailTemplate', undefined, {
      Name: template.needText('name'),
      DeveloperName: name.slice(name.lastIndexOf('/') + 1),
      IsActive: template.flag('available'),
      TemplateType: template.needText('type'),
      Encoding: template.needText('encodingKey'),
      Subject: template.text('subject') ?? null,
      Body: text.toString('utf8'),
    });
  }
}

/** The verified addresses that Setup shows. */
export function writeOrgWideAddresses(deps: SaveDeps, addresses: readonly string[]): void {
  const insert = setupInserter(deps);
  deps.store.run('DELETE FROM "OrgWideEmailAddress"');
  for (const Address of addresses) {
    insert('OrgWideEmailAddress', undefined, { Address, DisplayName: Address, IsAllowAllProfiles: true });
  }
}
