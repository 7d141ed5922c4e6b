import { UnsupportedMetadata } from '../logic/save-context.ts';
import type { Component } from '../metadata/component.ts';
import { typeNamed } from '../metadata/types.ts';
import { readXml, type XmlElement } from '../schema/read-xml.ts';

/** Elements without which the platform refuses a component. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  ApexClass: ['apiVersion', 'status'],
  CustomApplication: ['label'],
  CustomField: ['fullName'],
  CustomPermission: ['label'],
  Dashboard: ['title', 'dashboardType', 'backgroundEndColor'],
  EmailTemplate: ['name', 'type', 'encodingKey', 'available', 'style'],
  ExternalCredential: ['label', 'authenticationProtocol'],
  FlexiPage: ['masterLabel', 'type', 'template'],
  Flow: ['label', 'processType', 'status'],
  Group: ['name'],
  ListView: ['fullName', 'label', 'filterScope'],
  NamedCredential: ['label'],
  PermissionSet: ['label'],
  Report: ['name', 'reportType', 'format'],
  ReportType: ['label', 'baseObject', 'category'],
  StaticResource: ['contentType', 'cacheControl'],
  CompactLayout: ['fullName', 'label', 'fields'],
};

const FOLDER_ROOTS: Readonly<Record<string, string>> = {
  Dashboard: 'DashboardFolder',
  EmailTemplate: 'EmailFolder',
  Report: 'ReportFolder',
};

/** A folder of reports, dashboards or templates, which is a component itself. */
export function isFolder({ type, name }: Component): boolean {
  return typeNamed(type)?.inFolders === true && !name.includes('/');
}

/**
 * The component's metadata, which must be well-formed, of its own type and complete; undefined for bundles.
 * @throws UnsupportedMetadata
 */
export function readComponent(component: Component): XmlElement | undefined {
  const { type, xml } = component;
  if (typeNamed(type)?.shape === 'bundle') return undefined;
  if (type === 'Settings') return readXml(xml, `${component.name}Settings`);
  const root = isFolder(component) ? FOLDER_ROOTS[type] : undefined;
  const element = readXml(xml, root ?? type);
  const needed = root === undefined ? (NEEDED[type] ?? []) : ['name'];
  for (const name of needed)
    if (!element.has(name)) throw new UnsupportedMetadata(`Required field is missing: ${name}`);
  if (type === 'CustomTab' && !element.flag('customObject')) element.needText('label');
  return element;
}
