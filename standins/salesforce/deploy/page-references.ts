import type { Component } from '../metadata/component.ts';
import { OBJECT_CHILDREN } from '../metadata/types.ts';
import type { XmlElement } from '../schema/read-xml.ts';
import type { KnownNames } from './known-names.ts';

export type ReferenceCheck = (component: Component, xml: XmlElement, known: KnownNames) => string[];

const text = (xml: XmlElement, name: string): string[] => (xml.has(name) ? xml.texts(name) : []);

/** Columns of list views that the platform names itself: NAME, OWNER.ALIAS, CREATED_DATE. */
const isOwnColumn = (name: string) => /^[A-Z][A-Z0-9_.]*$/.test(name);

const permissionSet: ReferenceCheck = (_component, xml, known) => [
  ...xml.list('classAccesses').flatMap((one) => named(one, 'apexClass', 'ApexClass', known)),
  ...xml.list('tabSettings').flatMap((one) => named(one, 'tab', 'CustomTab', known)),
  ...xml.list('applicationVisibilities').flatMap((one) => named(one, 'application', 'CustomApplication', known)),
  ...xml.list('flowAccesses').flatMap((one) => named(one, 'flow', 'Flow', known)),
  ...xml
    .list('externalCredentialPrincipalAccesses')
    .flatMap((one) => text(one, 'externalCredentialPrincipal').flatMap((name) => known.principal(name))),
];

function named(xml: XmlElement, element: string, type: string, known: KnownNames): string[] {
  return [xml.needText(element)].flatMap((name) => known.component(type, name, element));
}

const layout: ReferenceCheck = ({ name }, xml, known) => {
  const object = name.slice(0, name.indexOf('-'));
  const items = xml
    .list('layoutSections')
    .flatMap((section) => section.list('layoutColumns'))
    .flatMap((column) => column.list('layoutItems'));
  return [
    ...known.object(object),
    ...items.flatMap((item) => text(item, 'field')).flatMap((field) => known.field(object, field)),
    ...xml.list('relatedLists').flatMap((list) => {
      const [child = '', lookup] = list.needText('relatedList').split('.');
      return lookup === undefined ? [] : known.field(child, lookup);
    }),
  ];
};

const flexiPage: ReferenceCheck = (_component, xml, known) => {
  const [object] = text(xml, 'sobjectType');
  const items = xml.list('flexiPageRegions').flatMap((region) => region.list('itemInstances'));
  const components = items
    .flatMap((item) => item.list('componentInstance'))
    .flatMap((instance) => text(instance, 'componentName'))
    .filter((name) => name.startsWith('c:') || !name.includes(':'));
  const fields = items
    .flatMap((item) => item.list('fieldInstance'))
    .flatMap((instance) => text(instance, 'fieldItem'))
    .map((path) => path.replace(/^Record\./, ''));
  return [
    ...(object === undefined ? [] : known.object(object)),
    ...components.flatMap((name) => known.component('LightningComponentBundle', name.replace(/^c:/, ''))),
    ...(object === undefined ? [] : fields.flatMap((path) => known.field(object, path))),
  ];
};

const listView: ReferenceCheck = ({ name }, xml, known) => {
  const [object = ''] = name.split('.');
  const fields = [...text(xml, 'columns'), ...xml.list('filters').map((filter) => filter.needText('field'))];
  return [
    ...known.object(object),
    ...fields.filter((field) => !isOwnColumn(field)).flatMap((field) => known.field(object, field)),
  ];
};

const compactLayout: ReferenceCheck = ({ name }, xml, known) => {
  const [object = ''] = name.split('.');
  return [...known.object(object), ...text(xml, 'fields').flatMap((field) => known.field(object, field))];
};

const customObject: ReferenceCheck = ({ name }, xml, known) =>
  text(xml, 'compactLayoutAssignment')
    .filter((layoutName) => layoutName !== 'SYSTEM')
    .flatMap((layoutName) => known.component('CompactLayout', `${name}.${layoutName}`, 'compactLayoutAssignment'));

const application: ReferenceCheck = (_component, xml, known) => [
  ...text(xml, 'tabs').flatMap((name) => known.component('CustomTab', name, 'tabs')),
  ...text(xml, 'utilityBar').flatMap((name) => known.component('FlexiPage', name, 'utilityBar')),
  ...xml
    .list('actionOverrides')
    .flatMap((override) => [
      ...text(override, 'content').flatMap((name) => known.component('FlexiPage', name, 'content')),
      ...text(override, 'pageOrSobjectType').flatMap((name) => known.object(name)),
    ]),
  ...xml
    .list('profileActionOverrides')
    .flatMap((override) => [
      ...text(override, 'content').flatMap((name) => known.component('FlexiPage', name, 'content')),
      ...text(override, 'pageOrSobjectType').flatMap((name) => known.object(name)),
    ]),
];

const tab: ReferenceCheck = ({ name }, xml, known) => [
  ...(xml.flag('customObject') ? known.object(name) : []),
  ...text(xml, 'flexiPage').flatMap((page) => known.component('FlexiPage', page, 'flexiPage')),
  ...text(xml, 'lwcComponent').flatMap((bundle) => known.component('LightningComponentBundle', bundle, 'lwcComponent')),
];

export const PAGE_REFERENCES: Readonly<Record<string, ReferenceCheck>> = {
  PermissionSet: permissionSet,
  Layout: layout,
  FlexiPage: flexiPage,
  ListView: listView,
  CompactLayout: compactLayout,
  CustomObject: customObject,
  CustomApplication: application,
  CustomTab: tab,
};

/** Parts of objects that a field, rule or view needs to exist. */
export const isPartOfObject = (type: string) => OBJECT_CHILDREN.some(({ name }) => name === type);
